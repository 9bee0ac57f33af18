import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '#lib/db/client.ts';
import { batches } from '#lib/db/run-batch.ts';
import { DATABASES } from '#test/support/databases.ts';
import { makeTeam, runOf, systemOf } from './team.ts';

const TEAM = { organizationId: 'organization', projectId: 'project' };

describe('runs on their way to the database', () => {
  it('go in transactions of at most 300', () => {
    const rows = Array.from({ length: 700 }, () => runOf(TEAM));

    expect(batches(rows).map((batch) => batch.length)).toEqual([300, 300, 100]);
    expect(batches(rows).flatMap((batch) => batch.map(([id]) => id))).toEqual(rows.map(({ id }) => id));
  });

  it('go in smaller ones where they are large, none of them in an empty one', () => {
    const rows = Array.from({ length: 5 }, () => runOf(TEAM, { input: 'x'.repeat(5 * 1024 * 1024) }));

    expect(batches(rows).map((batch) => batch.length)).toEqual([2, 2, 1]);
    expect(batches([])).toEqual([]);
  });

  it('go once, as they were last', () => {
    const run = runOf(TEAM, { status: 'running' });

    expect(batches([run, runOf(TEAM), { ...run, status: 'failed' }])).toMatchObject([
      [expect.arrayContaining([run.id, 'failed']), expect.anything()],
    ]);
  });
});

describe.each(DATABASES)('a batch of runs on $name', ({ create }) => {
  it('is stored while a transaction is open that comes to nothing, and is no part of it', async () => {
    const empty = await create();
    const database = await openDatabase(empty.url);
    const team = await makeTeam(database, 'team');
    const rows = Array.from({ length: 350 }, () => runOf(team));
    let stored: Promise<void> | undefined;

    const undone = database.transaction(async (tx) => {
      await tx.project.update({ where: { id: team.projectId }, data: { name: 'never' } });
      stored = systemOf(database).runs.insertBatch(rows);
      await sleep(50);
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    await stored;

    expect(await database.prisma.run.count()).toBe(350);
    expect((await team.repo.projects.get(team.projectId))?.name).toBe('team');
    await database.close();
    await empty.remove();
  });

  it('is stored without the runs of a project that is gone, and all or nothing', async () => {
    const empty = await create();
    const database = await openDatabase(empty.url);
    const team = await makeTeam(database, 'team');
    const runs = systemOf(database).runs;
    const elsewhere = { organizationId: team.organizationId, projectId: 'gone' };
    await runs.insertBatch([runOf(elsewhere), runOf(team), runOf({ ...team, organizationId: 'other' })]);
    expect(await database.prisma.run.count()).toBe(1);

    const broken = { ...runOf(team), status: null as never };
    await expect(runs.insertBatch([runOf(team), broken])).rejects.toThrow();

    expect(await database.prisma.run.count()).toBe(1);
    await runs.insertBatch([runOf(team)]);
    expect(await database.prisma.run.count()).toBe(2);
    await database.close();
    await empty.remove();
  });
});
