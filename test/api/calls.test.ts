import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CALL_LIMITS } from '#lib/operations/call-counter.ts';
import type { RunOpening } from '#lib/operations/run-recording.ts';
import { DATABASES, type EmptyDatabase } from '#test/support/databases.ts';
import { withStep } from './documents.ts';
import { eventually, mcp, projectWith, startTestServer, type TestServer } from './server.ts';

describe.each(DATABASES)('figures of calls on $name', ({ create }) => {
  let empty: EmptyDatabase;
  let server: TestServer;
  let key: string;
  let workflow: string;

  beforeAll(async () => {
    empty = await create();
    server = await startTestServer({
      DATABASE_URL: empty.url,
      ENCRYPTION_KEY: Buffer.alloc(32, 5).toString('base64'),
    });
    // Fails for the text "no".
    const code = 'if (input.text === "no") throw new Error("refused"); return 1;';
    ({ workflow } = await projectWith(server.owner, 'calls', { document: withStep('javascript', { code }) }));
    key = (await server.owner.post('/projects/calls/keys', { name: 'k' })).body.secret;
  });
  afterAll(async () => {
    await server?.close();
    await empty?.remove();
  });

  const call = (text: string) =>
    mcp(server.url, 'calls', 'tools/call', { name: 'step', arguments: { text } }, key);
  const figures = async (query = '') => (await server.owner.get(`/projects/calls/calls${query}`)).body;

  it('are told of a project that nobody called', async () => {
    const { step, total, points, tools, clients } = await figures();
    expect({ step, total, tools, clients }).toEqual({
      step: 'hour',
      total: { calls: 0, errors: 0, p50: null, p95: null },
      tools: [],
      clients: [],
    });
    expect(points).toHaveLength(24);
  });

  it('are those of clients and of the API, not those of drafts', async () => {
    for (const text of ['a', 'b', 'no']) await call(text);
    await server.owner.post(`/projects/calls/workflows/${workflow}/runs`, { input: { text: 'draft' } });
    await server.owner.post(`/projects/calls/workflows/${workflow}/jobs`, { input: { text: 'job' } });

    const seen = await eventually(async () => {
      const now = await figures();
      return now.total.calls === 4 && now;
    });

    expect(seen.total).toMatchObject({ calls: 4, errors: 1, p50: expect.any(Number) });
    expect(seen.points.at(-1)).toMatchObject({ calls: 4, errors: 1 });
    expect(seen.tools).toMatchObject([{ workflowId: workflow, tool: 'step', calls: 4, errors: 1 }]);
    expect(seen.tools[0].points.at(-1)).toBe(4);
    expect(seen.clients).toMatchObject([
      { cause: 'call', client: 'node', calls: 3, errors: 1 },
      { cause: 'api', client: null, calls: 1, errors: 0 },
    ]);
    const { body: runs } = await server.owner.get('/projects/calls/runs');
    expect(runs.items).toHaveLength(5);
    const { body: failed } = await server.owner.get('/projects/calls/runs?text=refused&client=node');
    expect(failed.items).toMatchObject([{ status: 'failed' }]);
  });

  it('can be narrowed to a tool and to a client', async () => {
    expect((await figures('?client=node')).total).toMatchObject({ calls: 3 });
    expect((await figures('?client=nobody')).total).toMatchObject({ calls: 0 });
    expect((await figures(`?workflow=${workflow}&range=7d`)).total).toMatchObject({ calls: 4 });
    expect((await figures('?workflow=other')).total).toMatchObject({ calls: 0 });
  });

  it('are told by days of a time zone', async () => {
    const { step, points, total } = await figures('?range=30d&timeZone=Pacific/Auckland');
    expect({ step, total }).toMatchObject({ step: 'day', total: { calls: 4 } });
    expect(points).toHaveLength(30);
    expect(points.at(-1).calls).toBe(4);
    const midnight = new Intl.DateTimeFormat('en', {
      timeZone: 'Pacific/Auckland',
      hour: 'numeric',
      hour12: false,
    });
    expect(['0', '00', '24']).toContain(midnight.format(new Date(points[15].at)));
    const refused = await server.owner.get('/projects/calls/calls?timeZone=Mars/Olympus');
    expect(refused).toMatchObject({ status: 400, body: { detail: expect.stringContaining('Mars/Olympus') } });
  });

  it('of very many clients and tools are counted together past a bound', async () => {
    const project = await server.owner.post('/projects', { name: 'many', slug: 'many' });
    const session = await server.owner.get('/session');
    const opening = (client: string, workflowId: string): RunOpening => ({
      runId: randomUUID(),
      organizationId: session.body.organization.id,
      projectId: project.body.id,
      workflowId,
      workflowName: `tool_${workflowId}`,
      versionId: null,
      version: 1,
      client,
      keyId: null,
      cause: 'call',
      parentId: null,
    });
    const end = { at: Date.now(), status: 'succeeded', durationMs: 5 } as const;
    for (let index = 0; index < 100; index += 1) {
      server.app.calls.note(opening(`client${index}x 1`, 'w'), end);
    }
    for (let index = 0; index < 400; index += 1)
      server.app.calls.note(opening('client0x 1', `w${index}`), end);

    const { body } = await server.owner.get('/projects/many/calls');

    expect(body.total.calls).toBe(500);
    expect(body.clients).toHaveLength(CALL_LIMITS.clients + 1);
    expect(body.clients.find((one: { client: string | null }) => one.client === null)).toMatchObject({
      calls: 100 - CALL_LIMITS.clients,
    });
    expect(body.tools.length).toBeLessThanOrEqual(CALL_LIMITS.series + 1);
    expect(
      body.tools.find((one: { workflowId: string | null }) => one.workflowId === null).calls,
    ).toBeGreaterThan(50);
  });
});
