import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '#lib/db/client.ts';
import { type Events, openEvents } from '#lib/db/events.ts';
import { SOURCE_JOB, type SourceItem } from '#lib/db/knowledge-sources.ts';
import type { Repository } from '#lib/db/repository.ts';
import { createLog } from '#lib/operations/log.ts';
import { readDueSources } from '#lib/operations/read-due-sources.ts';
import { DATABASES, type EmptyDatabase } from '#test/support/databases.ts';
import { makeTeam, systemOf, type Team } from './team.ts';

describe.each(DATABASES)('sources on $name', ({ create }) => {
  let empty: EmptyDatabase;
  let database: Database;
  let events: Events;
  let team: Team;
  let baseId: string;
  let system: Repository['knowledgeSources'];
  beforeAll(async () => {
    empty = await create();
    database = await openDatabase(empty.url);
    events = await openEvents(database);
    team = await makeTeam(database, 'team');
    baseId = (await team.repo.knowledge.create(team.projectId, { name: 'docs' })).id;
    system = systemOf(database).knowledgeSources;
  });
  afterAll(async () => {
    await events?.close();
    await database?.close();
    await empty?.remove();
  });

  const add = (changes: { schedule?: string; nextRunAt?: Date } = {}) =>
    team.repo.knowledgeSources.create(team.projectId, baseId, {
      ...{ kind: 'website', name: 'site', config: { addresses: ['https://a.example'] }, connectionId: null },
      ...{ schedule: null, timeZone: 'UTC', nextRunAt: null },
      ...changes,
    });
  const begin = (id: string) => team.repo.knowledgeSources.begin(team.projectId, baseId, id, { by: 'me' });
  const get = async (id: string) => (await system.stored(id))!;
  const item = (path: string, changes: Partial<SourceItem> = {}): SourceItem => ({
    ...{ path, run: 1, state: 'waiting', error: null, place: { depth: 1 }, mark: null },
    ...changes,
  });
  const jobsOf = async (id: string) =>
    (await database.prisma.job.findMany({ where: { kind: SOURCE_JOB } })).filter(({ payload }) =>
      payload.includes(id),
    );

  it('are read once at a time, with a job for each run', async () => {
    const { id } = await add();
    expect(await begin(id)).toMatchObject({ state: 'running', run: 1, report: { by: 'me' } });
    await expect(begin(id)).rejects.toMatchObject({ code: 'conflict' });
    expect((await jobsOf(id)).map(({ payload }) => JSON.parse(payload))).toEqual([{ sourceId: id, run: 1 }]);
  });

  it('keep how far a run is, and take nothing from one that was ended', async () => {
    const { id } = await add();
    await begin(id);
    const many = Array.from({ length: 1200 }, (_, index) => item(`/p/${index}`));
    expect(await system.note(id, 1, { report: { found: 1 }, items: many })).toBe(true);
    const done = item('/p/7', { state: 'added', mark: { etag: '"1"' }, place: { depth: 2 } });
    expect(await system.note(id, 1, { report: { found: 2 }, items: [done] })).toBe(true);
    const items = await system.items(id);
    expect(items).toHaveLength(1200);
    expect(items.find(({ path }) => path === '/p/7')).toEqual(done);

    const stopped = await team.repo.knowledgeSources.stop(team.projectId, baseId, id, { end: 'stopped' });
    expect(stopped).toMatchObject({ state: 'idle', report: { found: 2, end: 'stopped' } });
    expect(await system.note(id, 1, { report: {}, items: [item('/late')] })).toBe(false);
    const end = { report: {}, items: [item('/late')], error: null, complete: true };
    expect(await system.finish(id, 1, end)).toBe(false);
    expect(await system.items(id)).toHaveLength(1200);

    const { run } = await begin(id);
    expect(await system.note(id, 1, { report: {}, items: [] })).toBe(false);
    const kept = item('/p/1', { run, state: 'unchanged' });
    const gone = item('/p/2', { run, state: 'gone' });
    const whole = {
      report: { end: 'complete' },
      items: [kept, gone],
      error: null,
      complete: true,
      mark: { commit: 'c' },
    };
    expect(await system.finish(id, run, whole)).toBe(true);
    expect(await system.items(id)).toEqual([kept]);
    expect(await get(id)).toMatchObject({ state: 'idle', mark: { commit: 'c' }, error: null });
  });

  it('forget what they knew with another config, and are not changed while they are read', async () => {
    const { id } = await add();
    const { run } = await begin(id);
    const config = { addresses: ['https://b.example'] };
    const update = () => team.repo.knowledgeSources.update(team.projectId, baseId, id, { config });
    await expect(update()).rejects.toMatchObject({ code: 'conflict' });
    const items = [item('/', { run, state: 'added' })];
    await system.finish(id, run, { report: {}, items, error: 'It was down.', mark: 1, complete: false });
    expect(await get(id)).toMatchObject({ state: 'failed', error: 'It was down.', mark: 1 });
    await team.repo.knowledgeSources.update(team.projectId, baseId, id, { name: 'renamed' });
    expect(await system.items(id)).toHaveLength(1);
    expect(await update()).toMatchObject({ config, mark: null });
    expect(await system.items(id)).toEqual([]);
  });

  it('go without their documents, or when there are none left', async () => {
    const documentOf = (sourceId: string) =>
      team.repo.documents.put(team.projectId, baseId, {
        ...{ path: 'a.md', name: 'a.md', uri: null, sourceId, mimeType: 'text/markdown', bytes: 1 },
        ...{ hash: '0'.repeat(64), storageKey: 'k' },
      });
    const [first, second] = [await add(), await add()];
    const { document } = await documentOf(first.id);
    const other = await documentOf(second.id);
    const remove = (id: string, keep: boolean) =>
      team.repo.knowledgeSources.remove(team.projectId, baseId, id, { keep });
    expect(await remove(first.id, true)).toBe(true);
    expect(await team.repo.documents.get(team.projectId, baseId, document.id)).toMatchObject({
      sourceId: null,
    });
    await begin(second.id);
    expect(await remove(second.id, false)).toBe(false);
    // The run ended with the wish to delete it.
    expect(await get(second.id)).toMatchObject({ state: 'idle' });
    expect(await system.note(second.id, 1, { report: {}, items: [] })).toBe(false);
    await team.repo.documents.remove(team.projectId, baseId, [other.document.id]);
    expect(await remove(second.id, false)).toBe(true);
    expect(await system.stored(second.id)).toBeNull();
    const { items: audit } = {
      items: await systemOf(database).audit.list({ organizationId: team.organizationId }),
    };
    expect(audit.map(({ action }) => action)).toContain('knowledge.source.delete');
  });

  it('that are due are begun by one of many replicas, once for all times that passed', async () => {
    const source = await add({ schedule: '0 * * * *', nextRunAt: new Date('2026-11-21T13:00:00Z') });
    const replica = () =>
      readDueSources({ events, log: createLog('silent') }, system, () => Date.parse('2026-11-23T08:30:00Z'));
    expect(await system.nextDue()).toEqual(new Date('2026-11-21T13:00:00Z'));
    const begun = await Promise.all(Array.from({ length: 6 }, replica));
    expect(begun.reduce((sum, count) => sum + count)).toBe(1);
    expect(await get(source.id)).toMatchObject({
      ...{ state: 'running', nextRunAt: new Date('2026-11-23T09:00:00Z') },
      report: { cause: 'schedule', end: null },
    });
    expect(await jobsOf(source.id)).toHaveLength(1);
    // A time that comes while it is still read passes.
    await readDueSources({ events, log: createLog('silent') }, system, () =>
      Date.parse('2026-11-23T09:00:00Z'),
    );
    expect(await get(source.id)).toMatchObject({ run: 1, nextRunAt: new Date('2026-11-23T10:00:00Z') });
    expect(await jobsOf(source.id)).toHaveLength(1);
  });
});
