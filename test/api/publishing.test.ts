import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '#lib/workflow/json.ts';
import { createDraft } from './documents.ts';
import { eventually, mcp, projectWith, startTestServer, type TestServer } from './server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

/** The draft `echo`, with other arguments. */
function taking(properties: JsonObject, required: string[]): JsonObject {
  const draft = createDraft('echo', 'it is ');
  const [start, ...others] = draft['nodes'] as JsonObject[];
  const schema = { type: 'object', properties, required };
  return { ...draft, nodes: [{ ...start, config: { schema } }, ...others] };
}

const TEXT = { text: { type: 'string' } };
const BOTH = { ...TEXT, language: { type: 'string' } };

async function called(slug: string, client: string) {
  const answer = await mcp(server.url, slug, 'tools/call', {
    name: 'echo',
    arguments: { text: 'a' },
    _meta: { 'io.modelcontextprotocol/clientInfo': { name: client, version: '2.1.0' } },
  });
  expect(answer.body.result.isError ?? false).toBe(false);
}

describe('a version that breaks those who call the live one', () => {
  it('is refused with what breaks and whom, until it is published despite that', async () => {
    const { owner } = server;
    const { workflow } = await projectWith(owner, 'breaking', { document: taking(TEXT, ['text']) });
    await owner.patch('/projects/breaking', { access: 'public' });
    const at = `/projects/breaking/workflows/${workflow}`;
    await called('breaking', 'claude-code');
    await called('breaking', 'claude-code');
    await called('breaking', 'cursor');

    const { body: callers } = await owner.get(`${at}/callers`);
    expect(callers.items).toMatchObject([
      { client: 'claude-code', calls: 2 },
      { client: 'cursor', calls: 1 },
    ]);

    const draft = taking(BOTH, ['text', 'language']);
    const { revision } = (await owner.put(`${at}/draft`, { revision: 1, document: draft })).body;
    const refused = await owner.post(`${at}/publish`, { revision });
    expect(refused).toMatchObject({
      status: 422,
      body: {
        code: 'invalid',
        detail: expect.stringContaining('2 clients called it'),
        breaking: [{ impact: 'breaking', message: 'Argument "language" is new, and required' }],
        callers: [{ client: 'claude-code' }, { client: 'cursor' }],
      },
    });
    expect((await owner.get(`${at}/versions`)).body.items).toHaveLength(1);

    const done = await owner.post(`${at}/publish`, { revision, despiteBreaking: true });
    expect(done).toMatchObject({ status: 200, body: { version: 2 } });
  });

  it('is none when nothing is live, or when nothing is taken away', async () => {
    const { owner } = server;
    const { workflow } = await projectWith(owner, 'kind', { document: taking(TEXT, ['text']) });
    const at = `/projects/kind/workflows/${workflow}`;
    const save = async (revision: number, document: JsonObject): Promise<number> =>
      (await owner.put(`${at}/draft`, { revision, document })).body.revision;

    const wider = await save(1, taking(BOTH, ['text']));
    expect(await owner.post(`${at}/publish`, { revision: wider })).toMatchObject({ status: 200 });

    await owner.post(`${at}/unpublish`);
    const narrower = await save(wider, taking(BOTH, ['text', 'language']));
    expect(await owner.post(`${at}/publish`, { revision: narrower })).toMatchObject({
      status: 200,
      body: { version: 3 },
    });
  });
});

it('tells what recent runs answered, as data where it is', async () => {
  const { owner } = server;
  const draft = createDraft('answers', '{"n": 1, "said": "');
  const { workflow } = await projectWith(owner, 'answers', { document: draft });
  const at = `/projects/answers/workflows/${workflow}`;
  await owner.patch('/projects/answers', { access: 'public' });
  await mcp(server.url, 'answers', 'tools/call', { name: 'answers', arguments: { text: 'x"}' } });
  await mcp(server.url, 'answers', 'tools/call', { name: 'answers', arguments: { text: 'no JSON' } });
  const items = await eventually(async () => {
    const { body } = await owner.get(`${at}/answers`);
    return body.items.length === 2 && body.items;
  });
  expect(items).toMatchObject([
    { version: 1, structured: null, parsed: null, characters: 25 },
    { version: 1, structured: null, parsed: { n: 1, said: 'x' }, characters: 21 },
  ]);
});
