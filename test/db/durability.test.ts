import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '#lib/db/client.ts';
import { DATABASES, type EmptyDatabase } from '#test/support/databases.ts';
import { makeTeam, publishNew, systemOf } from './team.ts';

/** A process that writes is killed this many times, each time a little later. */
const ROUNDS = 5;

describe.each(DATABASES)('durability on $name', ({ create }) => {
  let empty: EmptyDatabase;

  beforeAll(async () => {
    empty = await create();
  });
  afterAll(() => empty?.remove());

  it('keeps whatever was acknowledged when the process is killed', { timeout: 180_000 }, async () => {
    const kinds = new Set<string>();
    for (let round = 1; round <= ROUNDS; round += 1) {
      const said = await runAndKill(empty.url, round, 60 * round);
      const database = await openDatabase(empty.url);
      try {
        expect(await missing(database, said)).toEqual([]);
        for (const line of said) kinds.add(line.split(' ')[0]!);
        await expectConsistent(database);
      } finally {
        await database.close();
      }
    }
    expect([...kinds].sort()).toEqual(['draft', 'job', 'key', 'run', 'version']);
  });
});

describe('a backup of SQLite', () => {
  const sqlite = DATABASES[0]!;

  it('is complete and consistent, made while the program writes', async () => {
    const [empty, target] = [await sqlite.create(), await sqlite.create()];
    const database = await openDatabase(empty.url);
    try {
      const team = await makeTeam(database, 'team');
      await publishNew(team, 'before');
      let writing = true;
      const writes = (async () => {
        for (let number = 0; writing; number += 1) {
          await publishNew(team, `during_${number}`);
          // SQLite answers without a turn of the event loop; the news that the copy is done needs one.
          await nextTurn();
        }
      })();

      await database.backup(target.url.slice('file:'.length));
      writing = false;
      await writes;

      const copy = await openDatabase(target.url);
      const names = (await copy.prisma.workflow.findMany({ select: { name: true } })).map((row) => row.name);
      await expectConsistent(copy);
      await copy.close();
      expect(names).toContain('before');
      await expect(database.backup(target.url.slice('file:'.length))).rejects.toThrow('already exists');
    } finally {
      await database.close();
      await empty.remove();
      await target.remove();
    }
  });
});

/** What the process said before it was killed, in the middle of its work. */
async function runAndKill(url: string, round: number, lines: number): Promise<string[]> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'acknowledge.ts'), url, String(round)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said: string[] = [];
  const reading = createInterface({ input: child.stdout });
  const closed = once(reading, 'close');
  reading.on('line', (line) => {
    said.push(line);
    if (said.length === lines) child.kill('SIGKILL');
  });
  await Promise.all([once(child, 'exit'), closed]);
  expect(child.signalCode).toBe('SIGKILL');
  return said;
}

/** The lines whose promise was not kept. */
async function missing(database: Database, said: string[]): Promise<string[]> {
  const { prisma } = database;
  const lost: string[] = [];
  for (const line of said) {
    const [kind, id = '', value] = line.split(' ');
    const where = { where: { id } };
    const kept = {
      draft: async () => ((await prisma.workflow.findUnique(where))?.revision ?? 0) >= Number(value),
      version: async () => (await prisma.version.findUnique(where)) !== null,
      key: async () => (await prisma.apiKey.findUnique(where)) !== null,
      job: async () => (await prisma.job.findUnique(where)) !== null,
      run: async () => (await prisma.run.findUnique(where)) !== null,
    }[kind ?? ''];
    if (!kept || !(await kept())) lost.push(line);
  }
  return lost;
}

/** No half transaction: releases without gaps, each release's versions there, the audit chain whole. */
async function expectConsistent(database: Database): Promise<void> {
  const { prisma } = database;
  for (const project of await prisma.project.findMany({ include: { releases: true } })) {
    const numbers = project.releases.map((release) => release.number).sort((a, b) => a - b);
    expect(numbers).toEqual(Array.from({ length: project.releaseNumber }, (_, index) => index + 1));
    const last = project.releases.find((release) => release.number === project.releaseNumber);
    const live = await prisma.workflow.findMany({
      where: { projectId: project.id, liveVersionId: { not: null } },
      orderBy: { id: 'asc' },
    });
    expect(last ? JSON.parse(last.versions) : []).toEqual(
      live.map((workflow) => ({ workflowId: workflow.id, versionId: workflow.liveVersionId })),
    );
    expect(await systemOf(database).audit.firstBroken(project.organizationId)).toBeNull();
    const published = await prisma.auditEvent.count({
      where: { organizationId: project.organizationId, action: 'workflow.publish' },
    });
    expect(published).toBe(project.releaseNumber);
  }
}
