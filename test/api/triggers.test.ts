import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SCHEDULES_CHANGED } from '#lib/operations/schedules.ts';
import { createDraft } from './documents.ts';
import { eventually, projectWith, startTestServer, type TestServer } from './server.ts';

const minutes = (times: string[]) =>
  times.slice(1).map((time, n) => (Date.parse(time) - Date.parse(times[n]!)) / 60_000);

describe('schedules over the API', () => {
  let server: TestServer;
  let at: string;

  beforeAll(async () => {
    server = await startTestServer();
    const { workflow } = await projectWith(server.owner, 'shop');
    at = `/projects/shop/workflows/${workflow}/triggers`;
  });
  afterAll(() => server?.close());

  const schedule = (changes: object = {}) =>
    server.owner.post(at, {
      type: 'schedule',
      name: 'Mornings',
      cron: '*/10 * * * *',
      timeZone: 'Asia/Kathmandu',
      input: { text: 'wake up' },
      ...changes,
    });

  it('show their next five times', async () => {
    const { status, body } = await schedule();

    expect(status).toBe(201);
    expect(body).toMatchObject({
      type: 'schedule',
      enabled: true,
      attempts: 3,
      url: null,
      secret: null,
      lastAt: null,
      problem: null,
    });
    expect(body.next).toHaveLength(5);
    expect(minutes(body.next)).toEqual([10, 10, 10, 10]);
    expect(body.nextAt).toBe(body.next[0]);
    expect(Date.parse(body.nextAt)).toBeGreaterThan(Date.now());
  });

  it('show the times they would have before they are made', async () => {
    const ask = (cron: string) =>
      server.owner.get(`/schedule-times?cron=${encodeURIComponent(cron)}&timeZone=Asia%2FKathmandu`);
    const { status, body } = await ask('*/10 * * * *');

    expect(status).toBe(200);
    expect(minutes(body.next)).toEqual([10, 10, 10, 10]);
    expect((await ask('0 0 31 2 *')).body).toEqual({ next: [] });
    expect(await ask('0 0 9 * * *')).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining('has seconds') },
    });
  });

  it.each([
    ['seconds', { cron: '0 0 9 * * *' }, 400, 'has seconds'],
    ['no time zone', { timeZone: 'Mars/Olympus' }, 400, 'timeZone'],
    ['a day that does not come', { cron: '0 0 31 2 *' }, 400, 'does not come'],
    ['wrong arguments', { input: { text: 7 } }, 422, 'does not fit'],
    ['a name that is taken', {}, 409, 'already'],
  ])('are refused with %s', async (_name, changes, status, words) => {
    const answer = await schedule(changes);

    expect(answer).toMatchObject({ status, body: { detail: expect.stringContaining(words) } });
  });

  it('are checked against the draft as long as the workflow is not published', async () => {
    const made = await server.owner.post('/projects/shop/workflows', {
      name: 'later',
      document: createDraft('later'),
    });
    const place = `/projects/shop/workflows/${made.body.id}/triggers`;
    const body = { type: 'schedule', name: 'x', cron: '0 0 1 1 *', timeZone: 'UTC' };

    expect((await server.owner.post(place, body)).status).toBe(422);
    expect(await server.owner.post(place, { ...body, input: { text: 'x' } })).toMatchObject({
      status: 201,
      body: { problem: expect.stringContaining('not published') },
    });
  });

  it('are changed, switched off and deleted', async () => {
    const { body: made } = await schedule({ name: 'changing' });
    const one = `${at}/${made.id}`;

    expect((await server.owner.patch(one, { cron: '0 0 30 2 *' })).status).toBe(400);
    expect((await server.owner.patch(one, { input: {} })).status).toBe(422);
    expect((await server.owner.patch(one, { newSecret: true })).status).toBe(400);
    const { body: changed } = await server.owner.patch(one, { cron: '0 * * * *', name: 'hourly' });
    expect(changed).toMatchObject({ name: 'hourly', cron: '0 * * * *' });
    expect(minutes(changed.next)).toEqual([60, 60, 60, 60]);
    const { body: off } = await server.owner.patch(one, { enabled: false });
    expect(off).toMatchObject({ enabled: false, nextAt: null, next: [] });
    expect((await server.owner.delete(one)).status).toBe(204);
    expect((await server.owner.delete(one)).status).toBe(404);
    const { body: list } = await server.owner.get(at);
    expect(list.items.map(({ name }: { name: string }) => name)).toEqual(['Mornings']);
  });

  it('run when their time comes', async () => {
    const { body: made } = await schedule({ name: 'due' });
    await server.app.db.prisma.trigger.update({ where: { id: made.id }, data: { nextAt: new Date(0) } });
    server.app.events.publish(SCHEDULES_CHANGED, null);

    const run = await eventually(async () => {
      const { body } = await server.owner.get('/projects/shop/runs?cause=schedule');
      return body.items[0]?.status === 'succeeded' ? body.items[0] : null;
    });

    const { body: list } = await server.owner.get(at);
    const due = list.items.find(({ id }: { id: string }) => id === made.id);
    expect(due).toMatchObject({ lastRunId: run.id });
    expect(Date.parse(due.nextAt)).toBeGreaterThan(Date.now());
  });

  it('travel with their project; webhooks come switched off and without a secret', async () => {
    await server.owner.post(at, { type: 'webhook', name: 'orders', signature: 'github' });
    const { body: exported } = await server.owner.get('/projects/shop/export');

    const imported = await server.owner.post('/projects/import', { slug: 'copy', files: exported.files });

    expect(imported.status).toBe(201);
    const { body: workflows } = await server.owner.get('/projects/copy/workflows');
    const id = workflows.items.find(({ name }: { name: string }) => name === 'echo').id;
    const place = `/projects/copy/workflows/${id}/triggers`;
    const { body: list } = await server.owner.get(place);
    expect(list.items).toMatchObject([
      { name: 'Mornings', timeZone: 'Asia/Kathmandu', input: { text: 'wake up' }, enabled: true },
      { name: 'due' },
      { name: 'orders', type: 'webhook', signature: 'github', enabled: false },
    ]);
    const hook = `${place}/${list.items[2].id}`;
    expect((await server.owner.patch(hook, { enabled: true })).status).toBe(409);
    expect((await server.owner.patch(hook, { enabled: true, newSecret: true })).body).toMatchObject({
      enabled: true,
      secret: expect.any(String),
    });
  });

  it('leave a trace of who made, changed and deleted them', async () => {
    const events = await server.app.db.prisma.auditEvent.findMany({
      where: { action: { startsWith: 'trigger.' } },
    });

    expect(new Set(events.map(({ action }) => action))).toEqual(
      new Set(['trigger.create', 'trigger.update', 'trigger.delete']),
    );
    expect(JSON.stringify(events)).not.toContain('whsec_');
  });
});
