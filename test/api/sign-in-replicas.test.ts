import { afterAll, beforeAll, expect, it } from 'vitest';
import { type PostgresForTest, startPostgres } from '#test/support/postgres.ts';
import { type Browser, eventually, PASSWORD, startTestServer, type TestServer } from './server.ts';

/** Two processes on one database, behind one address. */
let database: PostgresForTest;
let first: TestServer;
let second: TestServer;
beforeAll(async () => {
  database = await startPostgres();
  const env = {
    DATABASE_URL: database.url,
    ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
    PUBLIC_URL: 'http://localhost:3999',
  };
  first = await startTestServer(env);
  second = await startTestServer(env, { setUp: false });
});
afterAll(async () => {
  await first?.close();
  await second?.close();
  await database?.stop();
});

const ada = { email: 'ada@example.com', password: PASSWORD };
/** Says that it comes from the public address, as a page would. */
const post = (browser: Browser, path: string, body: object) =>
  browser.send('POST', path, body, { origin: 'http://localhost:3999' });
const at = (server: TestServer, { cookie }: Browser) => Object.assign(server.browser(), { cookie });

it('a session is good on both, and ended on both at once', async () => {
  const browser = first.browser();
  expect((await post(browser, '/session', ada)).status).toBe(201);
  const other = at(second, browser);
  expect((await other.get('/session')).status).toBe(200);
  const mine = (await browser.get('/account/sessions')).body.items;
  expect(mine.length).toBeGreaterThanOrEqual(1);
  const { id } = mine.find(({ current }: { current: boolean }) => current);
  await first.owner.send('DELETE', `/account/sessions/${id}`, undefined, {
    origin: 'http://localhost:3999',
  });
  expect((await other.get('/session')).status).toBe(401);
  expect((await at(second, first.owner).get('/session')).status).toBe(200);
});

it('tries at an account are counted together', async () => {
  for (let count = 0; count < 10; count += 1) {
    const server = count % 2 === 0 ? first : second;
    const answer = await post(server.browser(), '/session', { ...ada, password: 'not the password' });
    expect(answer.status).toBe(401);
  }
  for (const server of [first, second]) {
    await eventually(async () => (await post(server.browser(), '/session', ada)).status === 429);
  }
});
