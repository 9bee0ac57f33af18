import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PostgresForTest, startPostgres } from '#test/support/postgres.ts';
import { createDraft } from './documents.ts';
import { eventually, mcp, projectWith, startTestServer, type TestServer } from './server.ts';

/** What is not the same code on both databases: sessions through better-auth, events, search, run records. */
let postgres: PostgresForTest;
let server: TestServer;
beforeAll(async () => {
  postgres = await startPostgres();
  server = await startTestServer({
    DATABASE_URL: postgres.url,
    ENCRYPTION_KEY: Buffer.alloc(32, 5).toString('base64'),
  });
});
afterAll(async () => {
  await server.close();
  await postgres.stop();
});

describe('on PostgreSQL', () => {
  it('people sign in and out', async () => {
    expect((await server.owner.get('/session')).body).toMatchObject({ role: 'owner' });
    const grace = await server.person('Grace', { role: 'editor' });
    expect((await grace.get('/session')).body.user.name).toBe('Grace');
    await grace.delete('/session');
    expect((await grace.get('/session')).status).toBe(401);
    expect((await server.owner.get('/system')).body.database).toBe('postgresql');
  });

  it('what is published is live on the next request', async () => {
    const { workflow } = await projectWith(server.owner, 'live', { document: createDraft('echo', 'one ') });
    const { body: key } = await server.owner.post('/projects/live/keys', { name: 'k' });
    const call = async () => {
      const echo = { name: 'echo', arguments: { text: 'x' } };
      return (await mcp(server.url, 'live', 'tools/call', echo, key.secret)).body.result.content[0].text;
    };
    expect(await call()).toBe('one x');
    const at = `/projects/live/workflows/${workflow}`;
    const saved = await server.owner.put(`${at}/draft`, {
      revision: 1,
      document: createDraft('echo', 'two '),
    });
    await server.owner.post(`${at}/publish`, { revision: saved.body.revision });
    expect(await call()).toBe('two x');
    const late = await server.owner.put(`${at}/draft`, { revision: 1, document: createDraft() });
    expect(late).toMatchObject({ status: 409, body: { current: { savedBy: 'Ada' } } });
    await server.app.recorder.flush();
    const { body: runs } = await server.owner.get('/projects/live/runs');
    expect(runs.items).toMatchObject([{ status: 'succeeded' }, { status: 'succeeded' }]);
  });

  it('documents are read and found', async () => {
    const { body: base } = await server.owner.post('/projects/live/knowledge', { name: 'docs' });
    const form = new FormData();
    form.append('file', new File(['# Zoo\n\nGiraffes eat acacia leaves.'], 'zoo.md'));
    await server.owner.send('POST', `/projects/live/knowledge/${base.id}/documents`, form);
    const hits = await eventually(async () => {
      const { body } = await server.owner.get(`/projects/live/knowledge/${base.id}/search?q=giraffes`);
      return body.hits.length > 0 && body.hits;
    });
    expect(hits[0]).toMatchObject({ document: 'zoo.md' });
  });
});
