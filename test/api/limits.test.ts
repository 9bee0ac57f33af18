import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, startTestServer, type TestServer } from './server.ts';

let server: TestServer;
let admin: Browser;
let editor: Browser;
const LIMITS = '/projects/limited/limits';
const GUARD = '/projects/limited/guard';

beforeAll(async () => {
  server = await startTestServer();
  await server.owner.post('/projects', { name: 'Limited', slug: 'limited' });
  admin = await server.person('Grace', { role: 'admin' });
  editor = await server.person('Edith', { role: 'editor' });
});

afterAll(() => server.close());

describe('limits of a project', () => {
  it('begin generous, without quotas', async () => {
    const { body } = await editor.get(LIMITS);
    expect(body.limits).toEqual({
      key: { perMinute: 6000, burst: 1000, atOnce: 64, perDay: null, perMonth: null },
      person: { perMinute: 1200, burst: 300, atOnce: 64, perDay: null, perMonth: null },
      address: { perMinute: 1200, burst: 300, atOnce: 64, perDay: null, perMonth: null },
      project: { perMinute: 60_000, burst: 10_000, atOnce: 128, perDay: null, perMonth: null },
    });
    expect(body.used).toEqual({
      project: { today: 0, month: 0 },
      organization: { today: 0, month: 0 },
      burstLeft: 10_000,
    });
  });

  it('are changed by administrators, one by one, and what is wrong is said', async () => {
    expect((await editor.patch(LIMITS, { key: { perDay: 7 } })).status).toBe(403);
    const changed = await admin.patch(LIMITS, { key: { perDay: 7, atOnce: null } });
    expect(changed.body.limits.key).toEqual({
      perMinute: 6000,
      burst: 1000,
      atOnce: null,
      perDay: 7,
      perMonth: null,
    });
    const faults: [object, string][] = [
      [{ key: { perMinute: 0 } }, 'key.perMinute: is at least 1; to stop all calls'],
      [{ key: { perMinute: 1.5 } }, 'key.perMinute: is a whole number'],
      [{ project: { atOnce: 300 } }, 'project.atOnce: is at most 256'],
      [{ key: { perDay: 5, perMonth: 4 } }, 'key: the calls of a day are more than those of a month'],
      [{ key: { perMonth: 6 } }, 'key: the calls of a day are more than those of a month'],
      [{ address: { perDay: 5 } }, 'address: an address has no calls of a day or month'],
      [{ cat: {} }, 'Unrecognized key: "cat"'],
    ];
    for (const [patch, words] of faults) {
      const { status, body } = await admin.patch(LIMITS, patch);
      expect([status, body.detail], JSON.stringify(patch)).toEqual([400, expect.stringContaining(words)]);
    }
    expect((await admin.get(LIMITS)).body.limits.key.perMonth).toBeNull();
    const { body } = await admin.get('/audit?about=project');
    expect(body.items[0]).toMatchObject({
      action: 'project.limits',
      actor: { name: 'Grace' },
      details: { slug: 'limited', to: { key: { perDay: 7, atOnce: null } } },
    });
  });
});

describe('the ceiling of the organization', () => {
  it('is changed by owners', async () => {
    expect((await admin.patch('/organization/limits', { perDay: 9 })).status).toBe(403);
    const { body } = await server.owner.patch('/organization/limits', { perDay: 9 });
    expect(body.ceiling).toEqual({
      perMinute: null,
      burst: 10_000,
      atOnce: null,
      perDay: 9,
      perMonth: null,
    });
    expect((await editor.get(LIMITS)).body.ceiling.perDay).toBe(9);
    expect(
      (await server.owner.patch('/organization/limits', { perDay: null })).body.ceiling.perDay,
    ).toBeNull();
  });
});

describe('the output guard of a project', () => {
  it('masks what is certain, and is changed by administrators', async () => {
    const off = { email: 'off', phone: 'off', iban: 'off', card: 'off', ssn: 'off' };
    expect((await editor.get(GUARD)).body).toEqual({ secrets: 'certain', personal: off, fence: false });
    expect((await editor.patch(GUARD, { fence: true })).status).toBe(403);
    const { body } = await admin.patch(GUARD, { personal: { card: 'mask' } });
    expect(body).toEqual({ secrets: 'certain', personal: { ...off, card: 'mask' }, fence: false });
    expect((await admin.patch(GUARD, { secrets: 'sometimes' })).status).toBe(400);
    expect((await admin.get('/audit?about=project')).body.items[0]).toMatchObject({
      action: 'project.guard',
      details: { to: { personal: { card: 'mask' } } },
    });
  });
});
