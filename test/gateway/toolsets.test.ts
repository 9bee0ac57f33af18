import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { NewToolset } from '#lib/db/toolsets.ts';
import { createKey } from '#lib/operations/create-key.ts';
import { createToolset, deleteToolset, type ToolsetView, updateToolset } from '#lib/operations/toolsets.ts';
import type { WorkflowDocument } from '#lib/workflow/document.ts';
import { startTestServer, type TestProject, type TestServer } from './support/gateway.ts';
import { beginSession, openStream } from './support/session.ts';
import { SsePeer } from './support/sse.ts';
import { call, legacy, modern, send } from './support/wire.ts';
import { answer, echo, NO_ARGUMENTS, prompt, resource, tool } from './support/workflows.ts';

const reads = (name: string): WorkflowDocument => ({
  ...tool(name, NO_ARGUMENTS, answer(name)),
  settings: { annotations: { readOnlyHint: true } },
});
const writes = (name: string) => tool(name, NO_ARGUMENTS, answer(name));
/** Calls what its toolset leaves out. */
const outer = tool(
  'outer',
  NO_ARGUMENTS,
  { key: 'called', kind: 'run-workflow', config: { workflow: 'ship', input: {} } },
  answer('did {{ steps.called }}'),
);

let server: TestServer;
let shop: TestProject;
let analysis: ToolsetView;

beforeAll(async () => {
  server = await startTestServer();
  shop = await server.project('shop', {
    workflows: [
      reads('count'),
      writes('ship'),
      outer,
      echo,
      resource('rules', { uri: 'shop://rules' }, NO_ARGUMENTS, answer('Be kind.')),
      resource('secrets', { uri: 'shop://secrets' }, NO_ARGUMENTS, answer('Shh.')),
      prompt('greet', NO_ARGUMENTS, answer('Greet.')),
    ],
  });
  analysis = await newToolset({
    name: 'analysis',
    title: 'Shop, to look at',
    instructions: 'Look only.',
    access: 'key',
    readOnly: true,
    workflows: ['count', 'ship', 'rules', 'greet', 'not_there'],
  });
});
afterAll(() => server.close());

const newToolset = (input: NewToolset) => createToolset(server.app, server.owner, 'shop', input);
const at = (name: string, release = '') => `${shop.url}${release}/${name}`;

async function namesAt(url: string, key: string | null, list = 'tools'): Promise<string[] | number> {
  const { status, json } = await modern(url, key, { method: `${list}/list` });
  if (status !== 200) return status;
  return (json.result as unknown as Record<string, { name: string }[]>)[list]!.map(({ name }) => name);
}

describe('a toolset', () => {
  it('serves what was chosen for it, and of that what reads', async () => {
    expect(await namesAt(shop.url, shop.key)).toEqual(['count', 'echo', 'outer', 'ship']);
    expect(await namesAt(at('analysis'), shop.key)).toEqual(['count']);
    expect(await namesAt(at('analysis'), shop.key, 'resources')).toEqual(['rules']);
    expect(await namesAt(at('analysis'), shop.key, 'prompts')).toEqual(['greet']);
    expect((await call(at('analysis'), shop.key, 'count')).json.result?.content[0]?.text).toBe('count');
  });

  it('knows nothing of the rest: what it leaves out is as unknown as what there is not', async () => {
    for (const name of ['ship', 'echo', 'nothing']) {
      const { json } = await call(at('analysis'), shop.key, name);
      expect(json.error).toEqual({ code: -32602, message: `Unknown tool: ${name}` });
    }
    const read = (uri: string) =>
      modern(at('analysis'), shop.key, { method: 'resources/read', params: { uri } });
    const [hidden, absent] = await Promise.all([read('shop://secrets'), read('shop://absent')]);
    expect(hidden?.text.replaceAll('secrets', '')).toBe(absent?.text.replaceAll('absent', ''));
    expect((await read('shop://rules')).json.error).toBeUndefined();
  });

  it('calls parts of the project that it does not show', async () => {
    await newToolset({ name: 'outside', title: 'Outside', access: 'key', workflows: ['outer'] });
    expect((await call(at('outside'), shop.key, 'outer')).json.result?.content[0]?.text).toBe('did ship');
  });

  it('has a name and instructions of its own, in both eras', async () => {
    const discovered = await modern(at('analysis'), shop.key, { method: 'server/discover' });
    expect(discovered.json.result).toMatchObject({
      instructions: 'Look only.',
      _meta: { 'io.modelcontextprotocol/serverInfo': { name: 'shop-analysis', title: 'Shop, to look at' } },
    });
    const { session } = await beginSession(at('analysis'), shop.key, {});
    const elsewhere = await legacy(
      shop.url,
      shop.key,
      { jsonrpc: '2.0', id: 1, method: 'tools/list' },
      { 'Mcp-Session-Id': session, 'MCP-Protocol-Version': '2025-11-25' },
    );
    // A session is for the address where it was begun.
    expect(elsewhere.status).toBe(404);
  });

  it('has an access of its own', async () => {
    const toolset = await newToolset({
      name: 'open',
      title: 'Open',
      access: 'public',
      workflows: ['count'],
    });
    expect(await namesAt(at('open'), null)).toEqual(['count']);
    expect(await namesAt(shop.url, null)).toBe(401);
    expect(await namesAt(at('analysis'), null)).toBe(401);
    await updateToolset(
      server.app,
      server.owner,
      { project: 'shop', toolset: toolset.id },
      { access: 'key' },
    );
    expect(await namesAt(at('open'), null)).toBe(401);
  });

  it('is told from one that is not there only to whoever may know', async () => {
    const [foreign, none] = await Promise.all([
      modern(at('analysis'), null, { method: 'tools/list' }),
      modern(at('nothing'), null, { method: 'tools/list' }),
    ]);
    expect([foreign.status, foreign.text]).toEqual([401, none.text]);
    expect(foreign.headers['www-authenticate']).toBe(none.headers['www-authenticate']);
    const known = await modern(at('nothing'), shop.key, { method: 'tools/list' });
    expect([known.status, known.json.error?.message]).toEqual([
      404,
      'The project "shop" has no toolset "nothing". /mcp/shop serves all of it.',
    ]);
  });

  it('is served of a pinned release too', async () => {
    // Of the releases so far the first has `count` alone.
    expect(await namesAt(at('analysis', '@1'), shop.key)).toEqual(['count']);
    expect(await namesAt(at('outside', '@1'), shop.key)).toEqual([]);
  });

  it('is served over WebSocket and over event streams', async () => {
    const socket = new WebSocket(`${at('analysis').replace('http', 'ws')}/ws`, 'mcp', {
      headers: { Authorization: `Bearer ${shop.key}` },
    });
    const answered = await new Promise<string>((resolve, reject) => {
      socket.on('error', reject);
      socket.on('message', (data) => resolve(String(data)));
      socket.on('open', () => socket.send('{"jsonrpc":"2.0","id":1,"method":"tools/list"}'));
    });
    socket.close();
    expect(JSON.parse(answered).result.tools.map(({ name }: { name: string }) => name)).toEqual(['count']);

    const peer = await SsePeer.open(at('analysis'), shop.key);
    const listed = await peer.ask({ id: 1, method: 'tools/list' });
    peer.close();
    expect(listed?.result).toMatchObject({ tools: [{ name: 'count' }] });
  });

  it('has a server card', async () => {
    const { json } = await send(`${at('analysis')}/server-card`, {
      method: 'GET',
      headers: { Authorization: `Bearer ${shop.key}` },
    });
    expect(json).toMatchObject({
      name: 'localhost/shop-analysis',
      title: 'Shop, to look at',
      remotes: [{ url: expect.stringMatching(/\/mcp\/shop\/analysis$/) }],
    });
  });

  it('may have keys that are for it alone', async () => {
    const { secret } = await createKey(server.app, server.owner, 'shop', {
      name: 'analyst',
      toolsets: [analysis.id],
    });
    expect(await namesAt(at('analysis'), secret)).toEqual(['count']);
    expect(await namesAt(shop.url, secret)).toBe(401);
    expect(await namesAt(at('outside'), secret)).toBe(401);
  });

  it('takes no name that means something else, and none twice', async () => {
    for (const name of ['ws', 'sse', 'messages', 'server-card', 'Upper', 'a/b', '']) {
      const made = newToolset({ name, title: 'x', access: 'key', workflows: [] });
      await expect(made, name).rejects.toMatchObject({ code: 'bad_request' });
    }
    const again = newToolset({ name: 'analysis', title: 'x', access: 'key', workflows: [] });
    await expect(again).rejects.toMatchObject({ code: 'conflict' });
  });

  it('tells who listens when it changes, and ends their streams with itself', async () => {
    const toolset = await newToolset({ name: 'fleeting', title: 'x', access: 'key', workflows: ['count'] });
    const { session } = await beginSession(at('fleeting'), shop.key, {});
    const stream = await openStream(at('fleeting'), shop.key, session);
    const where = { project: 'shop', toolset: toolset.id };
    await updateToolset(server.app, server.owner, where, { workflows: ['count', 'echo'] });
    expect((await stream.next())?.method).toBe('notifications/tools/list_changed');
    await deleteToolset(server.app, server.owner, where);
    expect(await stream.next()).toBeNull();
    expect(await namesAt(at('fleeting'), shop.key)).toBe(404);
  });
});

describe('a key that only reads', () => {
  it('sees and calls what changes nothing', async () => {
    const { secret } = await createKey(server.app, server.owner, 'shop', { name: 'reader', readOnly: true });
    expect(await namesAt(shop.url, secret)).toEqual(['count']);
    expect(await namesAt(shop.url, secret, 'resources')).toEqual(['rules', 'secrets']);
    const [hidden, absent] = await Promise.all([
      call(shop.url, secret, 'ship'),
      call(shop.url, secret, 'nope'),
    ]);
    expect(hidden?.text.replace('ship', '')).toBe(absent?.text.replace('nope', ''));
    expect((await call(shop.url, shop.key, 'ship')).json.result?.content[0]?.text).toBe('ship');
  });
});
