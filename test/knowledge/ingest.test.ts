import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256 } from '#lib/db/check.ts';
import { type Database, openDatabase } from '#lib/db/client.ts';
import { type Events, openEvents } from '#lib/db/events.ts';
import { INGEST_JOB } from '#lib/db/ingest-turns.ts';
import { JOB_ADDED } from '#lib/db/jobs.ts';
import { ingestion } from '#lib/knowledge/ingest.ts';
import { type JobRunner, startJobRunner } from '#lib/operations/job-runner.ts';
import { createLog } from '#lib/operations/log.ts';
import { DATABASES, type EmptyDatabase } from '#test/support/databases.ts';
import { makeTeam, systemOf, type Team } from '../db/team.ts';

const text = (content: string) => new TextEncoder().encode(content);

const RETURNS = 'You have thirty days to send a parcel back, counted from the day on which it came.';
const REFUNDS = 'They take five days, counted from the day on which the parcel is in the warehouse again.';

describe('ingestion', () => {
  let empty: EmptyDatabase;
  let database: Database;
  let team: Team;
  let baseId: string;
  let events: Events;
  let runner: JobRunner | null = null;
  const files = new Map<string, Uint8Array>();

  beforeEach(async () => {
    empty = await DATABASES[0]!.create();
    database = await openDatabase(empty.url);
    events = await openEvents(database);
    team = await makeTeam(database, 'team');
    baseId = (await team.repo.knowledge.create(team.projectId, { name: 'Base' })).id;
  });
  afterEach(async () => {
    await runner?.stop();
    runner = null;
    await events.close();
    await database.close();
    await empty.remove();
  });

  async function upload(name: string, data: Uint8Array): Promise<string> {
    files.set(name, data);
    const { document } = await team.repo.documents.put(team.projectId, baseId, {
      path: name,
      name,
      mimeType: '',
      bytes: data.byteLength,
      hash: sha256(new TextDecoder().decode(data)),
      storageKey: name,
    });
    return document.id;
  }

  /** Starts ingestion; resolves when so many documents are ready or failed. */
  function settled(count: number): Promise<void> {
    return new Promise((resolve) => {
      let left = count;
      const handler = ingestion({
        database,
        readFile: async ({ storageKey }) => {
          const data = files.get(storageKey);
          if (!data) throw new Error('The disk is gone.');
          return data;
        },
        removeFile: async (_, storageKey) => {
          files.delete(storageKey);
        },
        onSettled: () => {
          left -= 1;
          if (left === 0) resolve();
        },
      });
      runner = startJobRunner({ db: database, events, log: createLog('silent') }, { [INGEST_JOB]: handler });
    });
  }

  const statusOf = async () =>
    Object.fromEntries(
      (await team.repo.documents.list(team.projectId, baseId)).items.map((document) => [
        document.name,
        [document.status, document.chunkCount, document.error],
      ]),
    );

  it('makes uploaded documents searchable, and says why another one is not', async () => {
    await upload('returns.md', text(`# Returns\n\n${RETURNS}\n\n## Refunds\n\n${REFUNDS}`));
    await upload('broken.pdf', text('%PDF-1.7 oh'));

    await settled(2);

    expect(await statusOf()).toEqual({
      'returns.md': ['ready', 2, null],
      'broken.pdf': ['failed', 0, '"broken.pdf" is broken: it could not be read as a PDF.'],
    });
    const [hit] = await team.repo.knowledge.search(team.projectId, baseId, {
      text: 'how long do refunds take',
    });
    expect(hit).toMatchObject({
      document: 'returns.md',
      headings: ['Returns', 'Refunds'],
      text: REFUNDS,
    });
  });

  it('is woken by an upload', async () => {
    const first = settled(1);
    await upload('a.txt', text('later'));
    events.publish(JOB_ADDED, null);

    await first;

    expect(await statusOf()).toEqual({ 'a.txt': ['ready', 1, null] });
  });

  it('tries again when the failure is not the file’s', async () => {
    await upload('lost.txt', text('x'));
    files.delete('lost.txt');
    void settled(1);
    while (
      (await database.prisma.job.count({ where: { state: 'queued', error: 'The disk is gone.' } })) === 0
    )
      await sleep(10);

    expect(await statusOf()).toEqual({ 'lost.txt': ['pending', 0, null] });

    files.set('lost.txt', text('found'));
    await database.prisma.job.updateMany({ data: { runAt: new Date(0) } });
    events.publish(JOB_ADDED, null);
    while ((await statusOf())['lost.txt']![0] === 'pending') await sleep(10);
    expect(await statusOf()).toEqual({ 'lost.txt': ['ready', 1, null] });
  });

  it('leaves a document out that ended the server each time it was read', async () => {
    await upload('poison.txt', text('x'));
    const { jobs } = systemOf(database);
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      await jobs.claim({ kinds: ['knowledge.ingest'], owner: 'died', leaseMs: 0 });
    }

    await settled(1);

    expect(await statusOf()).toEqual({
      'poison.txt': ['failed', 0, expect.stringContaining('ended the server more than once')],
    });
  });

  it('does not mind a document that was deleted meanwhile', async () => {
    const id = await upload('gone.txt', text('x'));
    await upload('kept.txt', text('y'));
    await team.repo.documents.remove(team.projectId, baseId, [id]);

    await settled(1);

    expect(await statusOf()).toEqual({ 'kept.txt': ['ready', 1, null] });
  });
});
