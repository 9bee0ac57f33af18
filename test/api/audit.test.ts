import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '#lib/workflow/json.ts';
import { createDraft, withStep } from './documents.ts';
import {
  type Answer,
  type Browser,
  eventually,
  mcp,
  projectWith,
  startTestServer,
  type TestServer,
} from './server.ts';

let server: TestServer;
let viewer: Browser;
let key: { id: string; secret: string };

beforeAll(async () => {
  server = await startTestServer();
  viewer = await server.person('Vera', { role: 'viewer' });
  await projectWith(server.owner, 'shop', { document: createDraft('charge') });
  const reads = { ...createDraft('look'), settings: { annotations: { readOnlyHint: true } } };
  const { body } = await server.owner.post('/projects/shop/workflows', { name: 'look', document: reads });
  await server.owner.post(`/projects/shop/workflows/${body.id}/publish`, { revision: body.revision });
  key = (await server.owner.post('/projects/shop/keys', { name: 'Night shift' })).body;
});
afterAll(() => server.close());

const call = (name: string): Promise<Answer> =>
  mcp(server.url, 'shop', 'tools/call', { name, arguments: { text: 'canary-argument' } }, key.secret);

/** Tools that were called, as the log has it, newest first. */
async function audited(): Promise<JsonObject[]> {
  await server.app.callAudit.flush();
  return (await server.owner.get('/audit?about=tool')).body.items;
}

const audit = (calls: string): Promise<Answer> => server.owner.put('/projects/shop/audited-calls', { calls });

describe('calls of tools', () => {
  it('are audited where they may change something, with who and what, and never what was said', async () => {
    expect((await server.owner.get('/projects/shop/audited-calls')).body).toEqual({ calls: 'writes' });
    expect((await call('charge')).status).toBe(200);
    expect((await call('look')).status).toBe(200);
    const events = await audited();
    expect(events).toMatchObject([
      {
        actor: { type: 'key', name: 'Night shift' },
        action: 'tool.call',
        target: expect.stringMatching(/^run:[0-9a-f-]{36}$/),
        outcome: 'ok',
        tool: 'charge',
        projectId: expect.any(String),
        details: { version: 1 },
      },
    ]);
    expect(JSON.stringify(await server.app.db.prisma.auditEvent.findMany())).not.toContain('canary-argument');
    const run = (events[0]!['target'] as string).slice('run:'.length);
    await server.app.recorder.flush();
    expect((await server.owner.get(`/projects/shop/runs/${run}`)).status).toBe(200);
  });

  it('are audited all, or not at all, as the project says', async () => {
    const before = (await audited()).length;
    expect((await audit('all')).body).toEqual({ calls: 'all' });
    await call('look');
    await call('charge');
    expect((await audited()).slice(0, -before).map(({ tool }) => tool)).toEqual(['charge', 'look']);
    await audit('off');
    await call('charge');
    expect((await audited()).length).toBe(before + 2);
    const { body } = await server.owner.get('/audit?about=project');
    expect(body.items[0]).toMatchObject({
      action: 'project.audited_calls',
      details: { slug: 'shop', to: 'off' },
    });
    await audit('writes');
  });

  it('are there when they wait for somebody, and again when they end', async () => {
    const document: JsonObject = withStep('approve', { message: 'Pay?', by: 'team' });
    document['name'] = 'pay';
    const [, after] = document['edges'] as [JsonObject, { from: JsonObject }];
    after.from['handle'] = 'approved';
    const { body: made } = await server.owner.post('/projects/shop/workflows', { name: 'pay', document });
    await server.owner.post(`/projects/shop/workflows/${made.id}/publish`, { revision: made.revision });
    await call('pay');
    const [waits] = await audited();
    expect(waits).toMatchObject({ tool: 'pay', outcome: 'waiting', actor: { name: 'Night shift' } });
    const run = (waits!['target'] as string).slice('run:'.length);
    const { body } = await server.owner.get('/projects/shop/approvals');
    const { id } = body.items.find((approval: { runId: string }) => approval.runId === run);
    await server.owner.post(`/projects/shop/approvals/${id}/decision`, { approved: true });
    const ended = await eventually(async () => {
      const [newest] = await audited();
      return newest!['outcome'] !== 'waiting' && newest;
    });
    expect(ended).toMatchObject({
      tool: 'pay',
      outcome: 'ok',
      target: `run:${run}`,
      actor: { name: 'Night shift' },
    });
  });

  it('name the client that called', async () => {
    const client = { name: 'claude-code', version: '2.1' };
    const begun = await mcp(
      server.url,
      'shop',
      'initialize',
      { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: client },
      key.secret,
    );
    const response = await fetch(`${server.url}/mcp/shop`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2025-11-25',
        'mcp-session-id': begun.headers.get('mcp-session-id') ?? '',
        authorization: `Bearer ${key.secret}`,
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name: 'charge', arguments: { text: 'x' } },
      }),
    });
    expect(response.status).toBe(200);
    expect((await audited())[0]).toMatchObject({ tool: 'charge', client: 'claude-code 2.1' });
    expect((await server.owner.get('/audit?client=claude')).body.items).toHaveLength(1);
    expect((await server.owner.get('/audit?client=cursor')).body.items).toHaveLength(0);
  });
});

describe('the export', () => {
  it('is lines of JSON, oldest first, with the chain', async () => {
    await server.app.callAudit.flush();
    const { status, headers, body } = await server.owner.get('/audit/export');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toContain('application/x-ndjson');
    expect(headers.get('content-disposition')).toMatch(/attachment; filename="audit-[\d-]+\.jsonl"/);
    const events = body
      .trim()
      .split('\n')
      .map((line: string) => JSON.parse(line));
    expect(events.map(({ number }: { number: number }) => number)).toEqual(
      events.map((_: unknown, index: number) => index + 1),
    );
    for (const [index, event] of events.slice(1).entries()) expect(event.prevHash).toBe(events[index].hash);
  });

  it('is OpenTelemetry logs, of what the filter says', async () => {
    const { body } = await server.owner.get('/audit/export?format=otlp&tool=charge&client=claude');
    const { resourceLogs } = JSON.parse(body);
    const [{ resource, scopeLogs }] = resourceLogs;
    expect(resource.attributes).toContainEqual({ key: 'service.name', value: { stringValue: 'patchbay' } });
    const [record, ...others] = scopeLogs[0].logRecords;
    expect(others).toEqual([]);
    expect(record).toMatchObject({
      severityNumber: 9,
      eventName: 'patchbay.tool.call',
      timeUnixNano: expect.stringMatching(/^\d{19}$/),
    });
    const facts = Object.fromEntries(
      record.attributes.map((one: { key: string; value: object }) => [one.key, Object.values(one.value)[0]]),
    );
    expect(facts).toMatchObject({
      'gen_ai.tool.name': 'charge',
      'gen_ai.operation.name': 'execute_tool',
      'mcp.method.name': 'tools/call',
      'user_agent.name': 'claude-code',
      'user_agent.version': '2.1',
      'patchbay.audit.outcome': 'ok',
      'patchbay.audit.actor.name': 'Night shift',
    });
  });
});

describe('the chain', () => {
  it('is looked through on demand, and what was found stays', async () => {
    const found = await server.owner.post('/audit/check');
    expect(found).toMatchObject({ status: 200, body: { broken: null, number: expect.any(Number) } });
    expect((await server.owner.get('/audit/check')).body).toEqual({ check: found.body });
  });

  it.each([
    ['GET', '/audit/export'],
    ['GET', '/audit/check'],
    ['POST', '/audit/check'],
    ['PUT', '/projects/shop/audited-calls'],
  ])('is not for everybody: %s %s', async (method, path) => {
    const body = method === 'PUT' ? { calls: 'off' } : undefined;
    expect((await viewer.send(method, path, body)).status).toBe(403);
    expect((await server.browser().send(method, path, body)).status).toBe(401);
  });
});
