import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '#lib/workflow/json.ts';
import { withStep } from './documents.ts';
import { eventually, mcp, projectWith, startTestServer, type TestServer } from './server.ts';

let server: TestServer;
let key: string;
const ids: Record<string, string> = {};

async function publish(document: JsonObject): Promise<void> {
  const name = document['name'] as string;
  const { body } = await server.owner.post('/projects/who/workflows', { name, document });
  await server.owner.post(`/projects/who/workflows/${body.id}/publish`, { revision: body.revision });
  ids[name] = body.id;
}

const node = (id: string, kind: string, config: JsonObject, x: number): JsonObject => ({
  id,
  key: id,
  kind,
  config,
  position: { x, y: 0 },
});

/** Asks something, and then says who called. */
function asking(): JsonObject {
  const asks = withStep('ask-user', {
    message: 'Sure?',
    fields: [{ name: 'sure', type: 'boolean', required: true }],
  });
  const nodes = (asks['nodes'] as JsonObject[]).slice(0, 2);
  const answer = node('end', 'output', { parts: [{ type: 'text', text: '{{ caller }}' }] }, 600);
  return { ...asks, name: 'asking', nodes: [...nodes, answer] };
}

beforeAll(async () => {
  server = await startTestServer();
  await projectWith(server.owner, 'who');
  key = (await server.owner.post('/projects/who/keys', { name: 'k' })).body.secret;
  await publish({ ...withStep('set', { values: { who: '{{ caller }}' } }), name: 'read' });
  await publish({ ...withStep('javascript', { code: 'return caller;' }), name: 'code' });
  await publish({ ...withStep('run-workflow', { workflow: 'read', input: { text: 'x' } }), name: 'nested' });
  await publish(asking());
});
afterAll(() => server.close());

const call = async (name: string) => {
  const { body } = await mcp(server.url, 'who', 'tools/call', { name, arguments: { text: 'a' } }, key);
  return body.result.content[0].text as string;
};

const ended = (run: string) =>
  eventually(async () => {
    const { body } = await server.owner.get(`/projects/who/runs/${run}`);
    return body.status !== 'running' && body.status !== 'queued' && body;
  });

const KEY = { type: 'key', user: null, client: { name: 'node', version: null }, scopes: [] };

describe('the caller of a workflow', () => {
  it('is a value for expressions and for code', async () => {
    expect(JSON.parse(await call('read'))).toEqual({ who: KEY });
    expect(JSON.parse(await call('code'))).toEqual(KEY);
  });

  it('stays the same in a workflow that is called', async () => {
    expect(await call('nested')).toContain(JSON.stringify(KEY));
  });

  it('is the person who runs a draft, or starts a job', async () => {
    const { body: session } = await server.owner.get('/session');
    const person = { id: session.user.id, name: session.user.name, email: session.user.email };
    for (const start of ['runs', 'jobs']) {
      const { body } = await server.owner.post(`/projects/who/workflows/${ids['code']}/${start}`, {
        input: { text: 'a' },
      });
      const run = await ended(body.runId);
      expect(JSON.parse(run.output.parts[0].text)).toEqual({
        type: 'user',
        user: person,
        client: null,
        scopes: [],
      });
    }
  });

  it('is not forgotten while a run waits', async () => {
    const text = await call('asking');
    const link = /http\S+\/answer\/(\S+)/.exec(text)![1]!;
    await server.browser().post(`/answers/${link}`, {
      answer: { action: 'accept', content: { sure: true } },
    });
    expect(JSON.parse(await call('asking'))).toEqual(KEY);
  });

  it('is recorded where it is read, so that a replay answers the same', async () => {
    await call('code');
    const run = await eventually(async () => {
      const { body } = await server.owner.get(`/projects/who/runs?workflow=${ids['code']}`);
      return body.items.find((item: { cause: string }) => item.cause === 'call');
    });
    const { body } = await server.owner.post(`/projects/who/runs/${run.id}/replay`, {});
    expect(body).toMatchObject({ same: true });
    expect(JSON.parse(body.output.parts[0].text)).toEqual(KEY);
  });

  it('has no other members: an expression that asks for one is a problem', async () => {
    const draft = withStep('set', { values: { x: '{{ caller.password }}' } });
    const { body } = await server.owner.post('/projects/who/workflows', {
      name: 'wrong',
      document: { ...draft, name: 'wrong' },
    });
    expect(body.problemList).toMatchObject([{ code: 'expression_unknown_field' }]);
  });
});
