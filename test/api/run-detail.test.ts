import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '#lib/workflow/json.ts';
import { createDraft, withStep } from './documents.ts';
import { eventually, mcp, projectWith, startTestServer, type TestServer } from './server.ts';

let server: TestServer;
let outside: Server;
let url: string;

beforeAll(async () => {
  server = await startTestServer();
  let tries = 0;
  outside = createServer((request, response) => {
    if (request.url === '/flaky') tries += 1;
    response.statusCode = request.url === '/flaky' && tries === 1 ? 503 : 200;
    response.setHeader('content-type', 'application/json');
    response.setHeader('set-cookie', 'secret=1');
    response.end(JSON.stringify({ path: request.url }));
  });
  await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(outside.address() as AddressInfo).port}`;
});
afterAll(async () => {
  outside.close();
  await server.close();
});

async function publishedWith(slug: string, document: JsonObject): Promise<string> {
  await projectWith(server.owner, slug, { document });
  return (await server.owner.post(`/projects/${slug}/keys`, { name: 'Laptop' })).body.secret;
}

/** The newest run of a project, once it ended. */
const ended = (slug: string) =>
  eventually(async () => {
    const { body } = await server.owner.get(`/projects/${slug}/runs`);
    const [run] = body.items;
    return run && !['running', 'queued'].includes(run.status) && run;
  });

describe('of a run', () => {
  it('is told what it asked of the world outside, and what it got, without credentials', async () => {
    const document = withStep('http', { method: 'GET', url: `${url}/orders` });
    const key = await publishedWith('asks', document);
    await mcp(server.url, 'asks', 'tools/call', { name: 'step', arguments: { text: 'x' } }, key);
    const run = await ended('asks');

    const { body } = await server.owner.get(`/projects/asks/runs/${run.id}/outside`);

    expect(body).toMatchObject({
      items: [
        {
          nodeId: 'middle',
          iteration: null,
          ask: 'http',
          request: { method: 'GET', url: `${url}/orders` },
          answer: { status: 200, json: { path: '/orders' } },
          error: null,
          cut: null,
        },
      ],
      answers: {},
      full: false,
    });
    expect(JSON.stringify(body)).not.toContain('secret=1');
  });

  it('is told which client called, with which key and in which form of the protocol', async () => {
    const key = await publishedWith('called', createDraft());
    const args = { name: 'echo', arguments: { text: 'x' } };
    const meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': { name: 'claude code', version: '2.1' },
      'io.modelcontextprotocol/clientCapabilities': {},
    };
    await fetch(`${server.url}/mcp/called`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': 'tools/call',
        'mcp-name': 'echo',
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { ...args, _meta: meta } }),
    });
    const run = await ended('called');

    const { body } = await server.owner.get(`/projects/called/runs/${run.id}/caller`);

    const { body: clients } = await server.owner.get('/projects/called/clients');
    expect(body).toEqual({
      client: 'claude code',
      version: '2.1',
      clientId: clients.items[0].id,
      key: { name: 'Laptop', preview: expect.stringContaining('pbk_') },
      protocol: '2026-07-28',
    });
  });

  it('of a draft no caller is told', async () => {
    const { workflow } = await projectWith(server.owner, 'drafted', { publish: false });
    const { body: started } = await server.owner.post(`/projects/drafted/workflows/${workflow}/runs`, {
      input: { text: 'x' },
    });
    const { body } = await server.owner.get(`/projects/drafted/runs/${started.runId}/caller`);
    expect(body).toMatchObject({ client: null, key: null, protocol: null });
  });

  it('is told when a step waited for its next try', async () => {
    const again = { retry: { attempts: 2, backoffMs: 100 } };
    const document = withStep('http', { method: 'GET', url: `${url}/flaky` }, again);
    const key = await publishedWith('waits', document);
    await mcp(server.url, 'waits', 'tools/call', { name: 'step', arguments: { text: 'x' } }, key);
    const run = await ended('waits');

    const { body } = await server.owner.get(`/projects/waits/runs/${run.id}`);

    const middle = body.steps.find(({ nodeId }: { nodeId: string }) => nodeId === 'middle');
    expect(middle).toMatchObject({ status: 'succeeded', attempt: 2, pauses: [{ why: 'retry' }] });
    const [{ from, to }] = middle.pauses;
    expect(Date.parse(to)).toBeGreaterThan(Date.parse(from));
    expect(Date.parse(from)).toBeGreaterThanOrEqual(Date.parse(middle.startedAt));
  });

  it('is told when a step waited for an answer, also where the run went on later', async () => {
    const fields = [{ name: 'answer', type: 'text', required: true }];
    const document = withStep('ask-user', { message: 'Which one?', mode: 'fields', fields });
    const { workflow } = await projectWith(server.owner, 'questions', { document, publish: false });
    const { body: started } = await server.owner.post(`/projects/questions/workflows/${workflow}/runs`, {
      input: { text: 'x' },
    });
    expect(started).toHaveProperty('runId');
    const at = `/projects/questions/runs/${started.runId}`;
    const middle = async (status: string) =>
      eventually(async () => {
        const { body } = await server.owner.get(at);
        return body.status === status && body.steps.find((step: { key: string }) => step.key === 'middle');
      });
    expect((await middle('suspended')).pauses).toMatchObject([{ why: 'answer', to: null }]);
    const answered = await server.owner.post(`${at}/answers`, {
      answers: { middle: { action: 'accept', content: { answer: 'yes' } } },
    });
    expect(answered.status).toBe(204);

    const { pauses, startedAt, durationMs } = await middle('succeeded');

    expect(pauses).toMatchObject([{ why: 'answer', to: expect.any(String) }]);
    const [from, to] = [Date.parse(pauses[0].from), Date.parse(pauses[0].to)];
    expect(to).toBeGreaterThan(from);
    expect(from).toBeGreaterThanOrEqual(Date.parse(startedAt));
    expect(to).toBeLessThanOrEqual(Date.parse(startedAt) + durationMs);
    const { body: outside } = await server.owner.get(`${at}/outside`);
    expect(outside.answers).toMatchObject({ middle: { content: { answer: 'yes' } } });
  });
});
