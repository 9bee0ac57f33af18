import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeKey } from '#lib/auth/key-format.ts';
import { FailedTries } from '#lib/gateway/failed-tries.ts';
import { listClients } from '#lib/operations/read-clients.ts';
import { revokeKey } from '#lib/operations/revoke-key.ts';
import { startTestServer, type TestProject, type TestServer } from './support/gateway.ts';
import { modern } from './support/wire.ts';
import { echo } from './support/workflows.ts';

let server: TestServer;
let shop: TestProject;
let open: TestProject;
let reads: number;

beforeAll(async () => {
  // Served as https, the proxy on this machine says who calls.
  server = await startTestServer({ PUBLIC_URL: 'https://patchbay.example' });
  shop = await server.project('shop', { workflows: [echo] });
  open = await server.project('open', { access: 'public', workflows: [echo] });
  const { apiKey } = server.app.db.prisma;
  const find = apiKey.findUnique;
  Object.defineProperty(apiKey, 'findUnique', {
    value: (...args: Parameters<typeof find>) => {
      reads += 1;
      return find(...args);
    },
  });
});
afterAll(() => server.close());

const from = (address: string, key: string | null, url = shop.url) =>
  modern(url, key, { method: 'tools/list' }, { 'X-Forwarded-For': address });

/** A key as it should look, that nobody has. */
const guess = () => makeKey(server.app.secrets).secret;

/** Uses up what an address may get wrong, and all that is looked up for such addresses. */
async function exhaust(address: string): Promise<number[]> {
  const answers = await Promise.all(Array.from({ length: 100 }, () => from(address, guess())));
  return answers.map(({ status }) => status);
}

describe('an address from which too much fails', () => {
  it('is told to wait, and costs the database nothing', async () => {
    reads = 0;
    const statuses = await exhaust('203.0.113.1');
    expect([statuses.includes(401), statuses.includes(429)]).toEqual([true, true]);
    expect(reads).toBeGreaterThan(0);
    reads = 0;
    const more = await Promise.all(Array.from({ length: 200 }, () => from('203.0.113.1', guess())));
    const refused = more.filter(({ status }) => status === 429);
    // Each second one more may fail.
    expect(refused.length).toBeGreaterThan(150);
    // As many as may be looked up for all such addresses in the time this takes.
    expect(reads).toBeLessThan(100);
    expect(refused[0]?.headers['retry-after']).toBe('1');
    expect(refused[0]?.json.error?.code).toBe(-32_000);
  });

  it('does not keep a good key out, be it used before or not', async () => {
    const used = await shop.newKey();
    expect((await from('203.0.113.2', used.key)).status).toBe(200);
    await exhaust('203.0.113.2');
    for (let times = 0; times < 5; times += 1) {
      expect((await from('203.0.113.2', guess())).status).toBeGreaterThan(400);
      expect((await from('203.0.113.2', used.key)).status).toBe(200);
    }
    const unused = await shop.newKey();
    let status = 429;
    for (let times = 0; times < 50 && status === 429; times += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      ({ status } = await from('203.0.113.2', unused.key));
    }
    expect(status).toBe(200);
  });

  it('does not make a revoked key good', async () => {
    const { id, key } = await shop.newKey();
    expect((await from('203.0.113.3', key)).status).toBe(200);
    await exhaust('203.0.113.3');
    await revokeKey(server.app, server.owner, { project: 'shop', key: id });
    expect((await from('203.0.113.3', key)).status).toBeGreaterThan(400);
  });

  it('is one address, and its network where it is IPv6', async () => {
    await exhaust('2001:db8:1:2::1');
    const others = await exhaust('2001:db8:1:2:ffff::9');
    expect(others.filter((status) => status === 429).length).toBeGreaterThan(80);
    expect((await from('2001:db8:1:3::1', guess())).status).toBe(401);
    expect((await from('203.0.113.4', guess())).status).toBe(401);
  });

  it('may call a public project as everybody may', async () => {
    await from('203.0.113.9', null, open.url);
    await exhaust('203.0.113.5');
    expect((await from('203.0.113.5', null, open.url)).status).toBe(200);
    expect((await from('203.0.113.5', guess(), open.url)).status).toBe(200);
  });

  it('is in the log of clients as what it is', async () => {
    await exhaust('203.0.113.6');
    const clients = await listClients(server.app, server.owner, 'shop');
    expect(clients.some(({ access, failures }) => access === 'refused' && failures > 0)).toBe(true);
  });
});

describe('failed tries', () => {
  it('are 60 at once and one more each second', () => {
    let now = 0;
    const tries = new FailedTries(() => now);
    expect([tries.any, tries.waitMs('a')]).toEqual([false, 0]);
    for (let count = 0; count < 59; count += 1) tries.failed('a');
    expect([tries.any, tries.waitMs('a')]).toEqual([true, 0]);
    tries.failed('a');
    expect([tries.waitMs('a'), tries.waitMs('b')]).toEqual([1000, 0]);
    now = 400;
    expect(tries.waitMs('a')).toBe(600);
    now = 1000;
    expect(tries.waitMs('a')).toBe(0);
    tries.failed('a');
    expect(tries.waitMs('a')).toBe(1000);
    now = 100_000;
    expect([tries.any, tries.waitMs('a')]).toEqual([false, 0]);
  });

  it('are forgotten of the address that failed longest ago, under a flood', () => {
    const tries = new FailedTries(() => 0);
    for (let count = 0; count < 60; count += 1) tries.failed('first');
    expect(tries.waitMs('first')).toBe(1000);
    for (let count = 0; count < 10_000; count += 1) tries.failed(`other ${count}`);
    expect(tries.waitMs('first')).toBe(0);
  });

  it('leave 20 look-ups a second to all who failed too often', () => {
    let now = 0;
    const tries = new FailedTries(() => now);
    const taken = () => Array.from({ length: 50 }, () => tries.mayLookUp()).filter(Boolean).length;
    expect([taken(), taken()]).toEqual([20, 0]);
    now = 500;
    expect(taken()).toBe(10);
  });
});
