import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '#lib/db/app-error.ts';
import { type Database, openDatabase } from '#lib/db/client.ts';
import { type Events, openEvents } from '#lib/db/events.ts';
import { JOB_ADDED, type Job } from '#lib/db/jobs.ts';
import type { Repository } from '#lib/db/repository.ts';
import {
  type JobHandler,
  JobLost,
  type JobRunner,
  type JobRunnerOptions,
  Stopping,
  startJobRunner,
  TurnOver,
} from '#lib/operations/job-runner.ts';
import { createLog } from '#lib/operations/log.ts';
import { systemOf } from '#test/db/team.ts';
import { DATABASES, type EmptyDatabase } from '#test/support/databases.ts';

describe.each(DATABASES)('the job runner on $name', ({ create }) => {
  let empty: EmptyDatabase;
  let database: Database;
  let events: Events;
  let jobs: Repository['jobs'];
  let runners: JobRunner[] = [];

  beforeEach(async () => {
    empty = await create();
    database = await openDatabase(empty.url);
    events = await openEvents(database);
    ({ jobs } = systemOf(database));
  });
  afterEach(async () => {
    await Promise.all(runners.map((runner) => runner.stop(0)));
    runners = [];
    await events.close();
    await database.close();
    await empty.remove();
  });

  function start(handlers: Record<string, JobHandler>, options?: JobRunnerOptions): JobRunner {
    const runner = startJobRunner({ db: database, events, log: createLog('silent') }, handlers, options);
    runners.push(runner);
    return runner;
  }

  async function add(payload: Job['payload'], options?: Parameters<typeof jobs.enqueue>[2]): Promise<string> {
    const id = await jobs.enqueue('work', payload, options);
    events.publish(JOB_ADDED, null);
    return id;
  }

  const rowOf = (id: string) => database.prisma.job.findUniqueOrThrow({ where: { id } });

  async function settled(id: string) {
    for (;;) {
      const row = await rowOf(id);
      if (row.state === 'done' || row.state === 'failed') return row;
      await sleep(5);
    }
  }

  it('does what is there and what comes, up to so many at once', async () => {
    let running = 0;
    let most = 0;
    const together = Promise.withResolvers<void>();
    const ids = await Promise.all([1, 2, 3, 4].map((n) => add({ n })));
    start(
      {
        work: async () => {
          running += 1;
          most = Math.max(most, running);
          if (running > 1) together.resolve();
          // The first waits for the second: one after the other they would never come to an end.
          await together.promise;
          running -= 1;
        },
      },
      // Nobody looks at the queue by itself within this test.
      { concurrency: 3, pollMs: 600_000 },
    );
    ids.push(await add({ n: 5 }));

    for (const id of ids) expect(await settled(id)).toMatchObject({ state: 'done', attempts: 1 });

    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(3);
  });

  it('keeps to the limit of a kind, and does others beside it', async () => {
    const seen: string[] = [];
    const open = Promise.withResolvers<void>();
    const blocked: JobHandler = async (job) => {
      seen.push(String(job.payload['n']));
      await open.promise;
    };
    await add({ n: 1 });
    await add({ n: 2 });
    const free = await jobs.enqueue('other', {});
    start({ work: blocked, other: async () => {} }, { limits: { work: 1 } });

    expect(await settled(free)).toMatchObject({ state: 'done' });
    expect(seen).toEqual(['1']);
    open.resolve();
  });

  it('takes up again behind the others what gives its turn away, without counting the attempt', async () => {
    const order: unknown[] = [];
    const first = await add({ n: 1 });
    const second = await add({ n: 2 });
    start(
      {
        work: async ({ payload, attempt }) => {
          order.push([payload['n'], attempt, await jobs.waits('work')]);
          if (order.length === 1) throw new TurnOver('After you.');
        },
      },
      { limits: { work: 1 } },
    );
    await Promise.all([settled(first), settled(second)]);

    expect(order).toEqual([
      [1, 1, true],
      [2, 1, true],
      [1, 1, false],
    ]);
  });

  it('wakes for a job whose time comes', async () => {
    const id = await add({}, { runAt: new Date(Date.now() + 300) });
    let startedAt = 0;
    start(
      {
        work: async () => {
          startedAt = Date.now();
        },
      },
      { pollMs: 600_000 },
    );

    const row = await settled(id);

    expect(startedAt).toBeGreaterThanOrEqual(row.runAt.getTime());
  });

  it('tries again what failed, and not what would fail again', async () => {
    const attempts: [string, number, boolean][] = [];
    let triedAt = 0;
    start(
      {
        work: async (job) => {
          attempts.push([String(job.payload['why']), job.attempt, job.last]);
          triedAt = Date.now();
          if (job.payload['why'] === 'wrong') throw new AppError('invalid', 'It is wrong.');
          throw new Error('The wire is cut.');
        },
      },
      { pollMs: 20 },
    );
    const wrong = await add({ why: 'wrong' });
    const cut = await add({ why: 'cut' }, { maxAttempts: 2 });

    expect(await settled(wrong)).toMatchObject({ state: 'failed', error: 'It is wrong.', attempts: 1 });
    let row = await rowOf(cut);
    for (; row.state !== 'queued' || row.attempts === 0; row = await rowOf(cut)) await sleep(5);
    expect(row.runAt.getTime()).toBeGreaterThan(triedAt);
    await database.prisma.job.update({ where: { id: cut }, data: { runAt: new Date(0) } });

    expect(await settled(cut)).toMatchObject({ state: 'failed', error: 'The wire is cut.', attempts: 2 });
    expect(attempts).toEqual(
      expect.arrayContaining([
        ['wrong', 1, false],
        ['cut', 1, false],
        ['cut', 2, true],
      ]),
    );
    expect(attempts).toHaveLength(3);
  });

  it('keeps its lease up for as long as the work takes', async () => {
    const open = Promise.withResolvers<void>();
    const id = await add({});
    start({ work: () => open.promise }, { leaseMs: 400, renewMs: 40 });
    while ((await rowOf(id)).state !== 'running') await sleep(5);
    const first = (await rowOf(id)).leaseUntil!.getTime();

    while ((await rowOf(id)).leaseUntil!.getTime() <= first + 400) await sleep(20);

    expect(await rowOf(id)).toMatchObject({ state: 'running', fence: 1, attempts: 1 });
    open.resolve();
    expect(await settled(id)).toMatchObject({ state: 'done' });
  });

  it('aborts work whose job was taken over, and leaves the job to who has it', async () => {
    const id = await add({});
    const aborted = Promise.withResolvers<unknown>();
    start(
      {
        work: async (_job, signal) => {
          await once(signal, 'abort');
          aborted.resolve(signal.reason);
          throw signal.reason;
        },
      },
      { leaseMs: 60_000, renewMs: 20 },
    );
    while ((await rowOf(id)).state !== 'running') await sleep(5);
    await database.prisma.job.update({
      where: { id },
      data: { fence: { increment: 1 }, leaseOwner: 'another' },
    });

    expect(await aborted.promise).toBeInstanceOf(JobLost);
    await Promise.all(runners.map((runner) => runner.stop()));
    expect(await rowOf(id)).toMatchObject({ state: 'running', leaseOwner: 'another', fence: 2, error: null });
  });

  it('stops: waits for what is under way, then aborts it and hands it back', async () => {
    const quick = await add({ n: 'quick' });
    const slow = await add({ n: 'slow' });
    const reasons: unknown[] = [];
    const runner = start({
      work: async (job, signal) => {
        if (job.payload['n'] === 'quick') return void (await sleep(50));
        await once(signal, 'abort');
        reasons.push(signal.reason);
        throw signal.reason;
      },
    });
    while ((await rowOf(slow)).state !== 'running' || (await rowOf(quick)).state === 'queued') await sleep(5);
    const late = add({ n: 'late' });

    await runner.stop(200);

    expect(await rowOf(quick)).toMatchObject({ state: 'done' });
    expect(await rowOf(slow)).toMatchObject({ state: 'queued', attempts: 0, leaseOwner: null });
    expect(reasons).toEqual([expect.any(Stopping)]);
    await sleep(20);
    expect(['queued', 'done']).toContain((await rowOf(await late)).state);
  });

  it('hands an exhausted job to its handler once, to clean up', async () => {
    const id = await add({}, { maxAttempts: 2 });
    for (let n = 0; n < 2; n += 1) await jobs.claim({ kinds: ['work'], owner: 'died', leaseMs: 0 });
    const seen: Job[] = [];
    start({
      work: async (job) => {
        seen.push(job);
        throw new Error('It ended its process each time.');
      },
    });

    expect(await settled(id)).toMatchObject({ state: 'failed', attempts: 3 });
    expect(seen).toEqual([expect.objectContaining({ exhausted: true, last: true })]);
  });
});
