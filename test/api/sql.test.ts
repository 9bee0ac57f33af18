import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PostgresForTest, startPostgres } from '#test/support/postgres.ts';
import { withStep } from './documents.ts';
import { projectWith, startTestServer, type TestServer } from './server.ts';

let server: TestServer;
let postgres: PostgresForTest;
let secret: { host: string; port: number; database: string; user: string; password: string; tls: 'off' };

beforeAll(async () => {
  postgres = await startPostgres();
  const url = new URL(postgres.url);
  secret = {
    host: url.hostname,
    port: Number(url.port),
    database: url.pathname.slice(1),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password) || 'canary-password',
    tls: 'off',
  };
  server = await startTestServer({ EGRESS_ALLOW: url.hostname });
  await projectWith(server.owner, 'orders');
});
afterAll(async () => {
  await server?.close();
  await postgres?.stop();
});

const connections = '/projects/orders/connections';

/** The last event of a run of a step with this connection. */
async function ask(kind: string, config: Record<string, string>, slug = 'orders') {
  const name = `w${Math.random().toString(36).slice(2, 10)}`;
  const document = { ...withStep(kind, config), name };
  const { body: made } = await server.owner.post(`/projects/${slug}/workflows`, { name, document });
  const { body } = await server.owner.post(`/projects/${slug}/workflows/${made.id}/runs`, {
    input: { text: 'x' },
  });
  return (await server.owner.events(`/projects/${slug}/runs/${body.runId}/events`)).at(-1)!;
}

describe('a connection to a database', () => {
  it('is used by SQL steps, shows its server and nothing of its password', async () => {
    const { status, body } = await server.owner.post(connections, { name: 'Shop', type: 'postgres', secret });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      type: 'postgres',
      hosts: [`${secret.host}:${secret.port}`],
      preview: `${secret.user}@${secret.host}:${secret.port}/${secret.database}`,
    });
    const statement = 'SELECT current_database() AS name';
    expect(await ask('sql', { connection: body.id, statement })).toMatchObject({
      status: 'succeeded',
      output: { parts: [{ text: expect.stringContaining(secret.database) }] },
    });
    const listed = await server.owner.get(connections);
    expect(JSON.stringify(listed.body)).not.toContain(secret.password);
  });

  it('goes to another server only with the secret entered again', async () => {
    const { body } = await server.owner.post(connections, { name: 'Mine', type: 'postgres', secret });
    const at = `${connections}/${body.id}`;
    expect((await server.owner.patch(at, { hosts: ['evil.example.com'] })).status).toBe(400);
    const moved = await server.owner.patch(at, { secret: { ...secret, host: 'DB.example.com', port: 6432 } });
    expect(moved.body.hosts).toEqual(['db.example.com:6432']);
  });

  it('is refused where it makes no sense', async () => {
    const { body: bearer } = await server.owner.post(connections, {
      name: 'Token',
      type: 'bearer',
      hosts: ['api.example.com'],
      secret: { token: 'abcdefghijkl' },
    });
    const { body: database } = await server.owner.post(connections, {
      name: 'Base',
      type: 'postgres',
      secret,
    });
    const statement = 'SELECT 1';
    expect(await ask('sql', { connection: bearer.id, statement })).toMatchObject({
      error: { code: 'CONNECTION_TYPE' },
    });
    const url = `http://${secret.host}:${secret.port}/`;
    expect(await ask('http', { connection: database.id, url })).toMatchObject({
      error: { code: 'CONNECTION_TYPE' },
    });
    expect(await ask('sql', { connection: '', statement })).toMatchObject({
      error: { code: 'CONNECTION_MISSING' },
    });
    const noHosts = { name: 'x', type: 'bearer', secret: { token: 'abcdefghijkl' } };
    expect((await server.owner.post(connections, noHosts)).status).toBe(400);
    const noServer = { name: 'y', type: 'postgres', secret: { token: 'abcdefghijkl' } };
    expect((await server.owner.post(connections, noServer)).status).toBe(400);
  });

  it('is not used by another project', async () => {
    await projectWith(server.owner, 'other');
    const { body } = await server.owner.post(connections, { name: 'Ours', type: 'postgres', secret });
    expect(await ask('sql', { connection: body.id, statement: 'SELECT 1' }, 'other')).toMatchObject({
      error: { code: 'CONNECTION_MISSING' },
    });
  });
});
