import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '#lib/db/client.ts';
import { type Events, openEvents } from '#lib/db/events.ts';
import type { NewTrigger } from '#lib/db/triggers.ts';
import { createLiveProjects } from '#lib/operations/live-projects.ts';
import { createLog } from '#lib/operations/log.ts';
import { SCHEDULES_CHANGED, startDue, startSchedules } from '#lib/operations/schedules.ts';
import { createDraft } from '#test/api/documents.ts';
import { contractOf, makeTeam, systemOf, type Team } from '#test/db/team.ts';
import { DATABASES, type EmptyDatabase } from '#test/support/databases.ts';

describe.each(DATABASES)('schedules on $name', ({ create }) => {
  let empty: EmptyDatabase;
  let database: Database;
  let events: Events;
  let team: Team;
  let workflowId: string;
  let app: Parameters<typeof startDue>[0];
  const ends: (() => unknown)[] = [];

  beforeEach(async () => {
    empty = await create();
    database = await openDatabase(empty.url);
    events = await openEvents(database);
    team = await makeTeam(database, 'team');
    const { id } = await team.repo.workflows.create(team.projectId, { document: createDraft('echo') });
    workflowId = id;
    await team.repo.releases.publish(team.projectId, id, {
      revision: 1,
      contract: {
        ...contractOf('echo'),
        inputSchema: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] },
      },
    });
    app = appOf();
  });
  afterEach(async () => {
    for (const end of ends.splice(0)) await end();
    await events.close();
    await database.close();
    await empty.remove();
  });

  /** A replica. */
  function appOf(): Parameters<typeof startDue>[0] {
    const log = createLog('silent');
    const { projects } = systemOf(database);
    const live = createLiveProjects({ load: (slug) => projects.live(slug), events, log });
    ends.push(() => live.close());
    return { db: database, events, live, log };
  }

  /** Every hour, next at this time. */
  function add(nextAt: string, changes: Partial<NewTrigger> = {}) {
    return team.repo.triggers.create(team.projectId, workflowId, {
      id: randomUUID(),
      type: 'schedule',
      name: 'hourly',
      enabled: true,
      attempts: 4,
      cron: '0 * * * *',
      timeZone: 'UTC',
      input: { text: 'tick' },
      nextAt: new Date(nextAt),
      signature: null,
      secret: null,
      ...changes,
    });
  }

  const at = (time: string) => () => Date.parse(time);
  const due = (time: string, replica = app) => startDue(replica, systemOf(database).triggers, at(time));
  const runs = () => database.prisma.run.findMany({ orderBy: { startedAt: 'asc' } });
  const readBack = async () => (await team.repo.triggers.list(team.projectId))[0]!;

  it('start a run that is stored with its job, and set the next time', async () => {
    const trigger = await add('2026-11-21T13:00:00Z');

    expect(await due('2026-11-21T12:59:59.999Z')).toBe(0);
    expect(await due('2026-11-21T13:00:00Z')).toBe(1);

    const [run] = await runs();
    expect(run).toMatchObject({
      status: 'queued',
      background: true,
      cause: 'schedule',
      triggerId: trigger.id,
      workflowName: 'echo',
      version: 1,
      input: '{"text":"tick"}',
    });
    expect(await database.prisma.job.findMany()).toEqual([
      expect.objectContaining({
        kind: 'run.start',
        payload: JSON.stringify({ runId: run!.id }),
        projectId: team.projectId,
        maxAttempts: 4,
      }),
    ]);
    expect(await readBack()).toMatchObject({
      nextAt: new Date('2026-11-21T14:00:00Z'),
      lastAt: new Date('2026-11-21T13:00:00Z'),
      lastRunId: run!.id,
    });
  });

  it('make up for the time nobody was there with one run, not with all of them', async () => {
    await add('2026-11-21T13:00:00Z');

    expect(await due('2026-11-23T08:30:00Z')).toBe(1);
    expect(await due('2026-11-23T08:30:01Z')).toBe(0);

    expect(await runs()).toHaveLength(1);
    expect((await readBack()).nextAt).toEqual(new Date('2026-11-23T09:00:00Z'));
  });

  it('are each taken by one of many replicas', async () => {
    await add('2026-11-21T13:00:00Z');
    const replicas = Array.from({ length: 8 }, appOf);

    const started = await Promise.all(replicas.map((replica) => due('2026-11-21T13:00:05Z', replica)));

    expect(started.reduce((sum, count) => sum + count)).toBe(1);
    expect(await runs()).toHaveLength(1);
  });

  it('of a workflow that is not published are skipped, and go on when it is again', async () => {
    await add('2026-11-21T13:00:00Z');
    await team.repo.releases.unpublish(team.projectId, workflowId);
    events.publish('release.changed', { projectId: team.projectId });

    expect(await due('2026-11-21T13:00:00Z', appOf())).toBe(0);

    expect(await runs()).toHaveLength(0);
    expect(await readBack()).toMatchObject({ nextAt: new Date('2026-11-21T14:00:00Z'), lastRunId: null });
    await team.repo.releases.rollback(team.projectId, workflowId, 1);
    expect(await due('2026-11-21T14:00:00Z', appOf())).toBe(1);
  });

  it('whose arguments no longer fit start nothing', async () => {
    await add('2026-11-21T13:00:00Z', { input: { text: 7 } });

    expect(await due('2026-11-21T13:00:00Z')).toBe(0);

    expect(await runs()).toHaveLength(0);
    expect((await readBack()).nextAt).toEqual(new Date('2026-11-21T14:00:00Z'));
  });

  it('that are switched off start nothing', async () => {
    await add('2026-11-21T13:00:00Z', { enabled: false });

    expect(await due('2026-11-21T15:00:00Z')).toBe(0);
    expect(await runs()).toHaveLength(0);
  });

  it('are started by themselves when their time comes, also those that are made later', async () => {
    let now = Date.parse('2026-11-21T12:59:00Z');
    ends.push(startSchedules(app, { now: () => now }));
    await add('2026-11-21T13:00:00Z');
    events.publish(SCHEDULES_CHANGED, null);
    await sleep(50);
    expect(await runs()).toHaveLength(0);

    now = Date.parse('2026-11-21T13:00:00Z');
    events.publish(SCHEDULES_CHANGED, null);
    while ((await runs()).length === 0) await sleep(5);

    expect(await runs()).toHaveLength(1);
  });
});
