import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NewBackgroundRun } from '#lib/db/background-runs.ts';
import { type Database, openDatabase } from '#lib/db/client.ts';
import { DATABASES, type EmptyDatabase } from '#test/support/databases.ts';
import { makeTeam, publishNew, runOf, systemOf, type Team } from './team.ts';

describe.each(DATABASES)('background runs on $name', ({ create }) => {
  let empty: EmptyDatabase;
  let database: Database;
  let other: Database;
  let team: Team;
  let run: NewBackgroundRun;

  beforeAll(async () => {
    empty = await create();
    database = await openDatabase(empty.url);
    // SQLite answers within its own process one call after the other: a second client would only stand in its way.
    other = database.provider === 'sqlite' ? database : await openDatabase(empty.url);
    team = await makeTeam(database, 'team');
    const { id, versionId } = await publishNew(team, 'echo');
    run = {
      workflowId: id,
      workflowName: 'echo',
      versionId,
      version: 1,
      input: { text: 'hi', more: { a: 1, b: [2] } },
      cause: 'api',
      attempts: 3,
    };
  });
  afterAll(async () => {
    if (other !== database) await other?.close();
    await database?.close();
    await empty?.remove();
  });

  const start = (changes: Partial<NewBackgroundRun> = {}, client = database) =>
    systemOf(client).background.start(team.projectId, { ...run, ...changes });

  it('are stored with their job', async () => {
    const { runId, existing } = await start();

    expect(existing).toBe(false);
    expect(await database.prisma.run.findUnique({ where: { id: runId } })).toMatchObject({
      status: 'queued',
      background: true,
      organizationId: team.organizationId,
      input: JSON.stringify(run.input),
    });
    const payload = JSON.stringify({ runId });
    expect(await database.prisma.job.findFirst({ where: { payload } })).toMatchObject({
      projectId: team.projectId,
      state: 'queued',
    });
  });

  it('are started by nobody but the system', async () => {
    await expect(team.repo.background.start(team.projectId, run)).rejects.toMatchObject({
      code: 'forbidden',
    });
  });

  it('with one key are one run, also for fifty at the same time in two replicas', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, n) => start({ idempotencyKey: 'k1' }, n % 2 ? database : other)),
    );

    expect(new Set(answers.map(({ runId }) => runId)).size).toBe(1);
    expect(answers.filter(({ existing }) => !existing)).toHaveLength(1);
    const payload = JSON.stringify({ runId: answers[0]!.runId });
    expect(await database.prisma.job.count({ where: { payload } })).toBe(1);
  });

  it('with a key that was used for something else are refused', async () => {
    const first = await start({ idempotencyKey: 'k2' });
    // The same value, written in another order.
    const again = await start({
      idempotencyKey: 'k2',
      input: { more: { b: [2], a: 1 }, text: 'hi' },
    });
    expect(again).toEqual({ runId: first.runId, existing: true });

    const refused = { code: 'conflict', details: { runId: first.runId } };
    await expect(start({ idempotencyKey: 'k2', input: { text: 'ho' } })).rejects.toMatchObject(refused);
    await expect(start({ idempotencyKey: 'k2', workflowId: 'another' })).rejects.toMatchObject(refused);
    const elsewhere = await makeTeam(database, 'elsewhere');
    const { existing } = await systemOf(database).background.start(elsewhere.projectId, {
      ...run,
      idempotencyKey: 'k2',
    });
    expect(existing).toBe(false);
  });

  it('whose job is gone are found', async () => {
    const { background, jobs } = systemOf(database);
    const waiting = await start();
    const lost = await start();
    const crashed = await start();
    const payload = (runId: string) => ({ where: { payload: JSON.stringify({ runId }) } });
    await database.prisma.job.updateMany({ ...payload(lost.runId), data: { state: 'failed' } });
    await database.prisma.job.updateMany({ ...payload(crashed.runId), data: { state: 'done' } });
    const leaseUntil = new Date(Date.now() + 1000);
    await database.prisma.run.update({
      where: { id: crashed.runId },
      data: { status: 'running', leaseUntil },
    });

    expect(await background.orphans()).toEqual([lost.runId]);
    expect((await background.orphans(new Date(leaseUntil.getTime() + 1))).sort()).toEqual(
      [lost.runId, crashed.runId].sort(),
    );
    await jobs.enqueue('run.start', { runId: lost.runId });
    expect(await background.orphans()).toEqual([]);
    expect(waiting.existing).toBe(false);
  });

  it('that failed for good are tried again or dismissed, by one person', async () => {
    const dead = runOf(team, { status: 'failed', workflowId: run.workflowId });
    const gone = runOf(team, { status: 'failed', workflowId: run.workflowId });
    await systemOf(database).runs.insertBatch([dead, gone]);
    await database.prisma.run.updateMany({
      where: { id: { in: [dead.id, gone.id] } },
      data: { background: true, deadAt: new Date(), state: '{"kept":true}' },
    });
    const { background } = team.repo;

    const outcomes = await Promise.allSettled([
      background.retry(team.projectId, dead.id, 2),
      background.retry(team.projectId, dead.id, 2),
      background.dismiss(team.projectId, gone.id),
    ]);

    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    expect(await database.prisma.run.findUnique({ where: { id: dead.id } })).toMatchObject({
      status: 'queued',
      deadAt: null,
      state: '{"kept":true}',
    });
    const payload = JSON.stringify({ runId: dead.id });
    await database.prisma.job.updateMany({ where: { payload }, data: { attempts: 2 } });
    expect(await background.attempts(team.projectId, [dead.id, gone.id])).toEqual([
      { runId: dead.id, attempts: 2 },
    ]);
    expect(await database.prisma.job.findMany({ where: { payload } })).toEqual([
      expect.objectContaining({ maxAttempts: 2, state: 'queued' }),
    ]);
    expect(await database.prisma.run.findUnique({ where: { id: gone.id } })).toMatchObject({
      status: 'failed',
      deadAt: null,
    });
    await expect(background.dismiss(team.projectId, gone.id)).rejects.toMatchObject({ code: 'conflict' });
    expect(
      (await team.repo.audit.list())
        .slice(0, 2)
        .map(({ action }) => action)
        .sort(),
    ).toEqual(['run.dismiss', 'run.retry']);
  });
});
