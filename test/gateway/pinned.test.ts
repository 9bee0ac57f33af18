import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { deleteWorkflow } from '#lib/operations/delete-workflow.ts';
import { publishWorkflow } from '#lib/operations/publish-workflow.ts';
import { listClientRequests, listClients } from '#lib/operations/read-clients.ts';
import { listRuns } from '#lib/operations/read-runs.ts';
import { getWorkflow } from '#lib/operations/read-workflows.ts';
import { rollbackWorkflow } from '#lib/operations/rollback-workflow.ts';
import { saveDraft } from '#lib/operations/save-draft.ts';
import { unpublishWorkflow } from '#lib/operations/unpublish-workflow.ts';
import { updateProject } from '#lib/operations/update-project.ts';
import type { WorkflowDocument } from '#lib/workflow/document.ts';
import { eventually } from '../api/server.ts';
import { startTestServer, type TestProject, type TestServer } from './support/gateway.ts';
import { beginSession, openCall } from './support/session.ts';
import { SsePeer } from './support/sse.ts';
import { call, ENVELOPE, envelope, legacy, modern, send } from './support/wire.ts';
import { answer, ask, echo, NO_ARGUMENTS, tool } from './support/workflows.ts';

/** Says which one it is. */
const says = (name: string, text: string) => tool(name, NO_ARGUMENTS, answer(text));
/** Calls `inner` and says what that said. */
const outer = (name: string, ...before: ReturnType<typeof ask>[]) =>
  tool(
    name,
    NO_ARGUMENTS,
    ...before,
    { key: 'called', kind: 'run-workflow', config: { workflow: 'inner', input: {} } },
    answer('inner says {{ steps.called }}'),
  );

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(() => server.close());

const at = ({ url }: TestProject, release: number) => `${url}@${release}`;
const textOf = ({ json }: Awaited<ReturnType<typeof call>>) => json.result?.content[0]?.text;

async function namesAt(url: string, key: string | null): Promise<string[]> {
  const { json } = await modern(url, key, { method: 'tools/list' });
  return (json.result as unknown as { tools: { name: string }[] }).tools.map(({ name }) => name);
}

/** Publishes another version of a workflow. */
async function publishAgain(project: TestProject, workflow: string, document: WorkflowDocument) {
  const where = { project: project.slug, workflow };
  const { revision } = await getWorkflow(server.app, server.owner, where);
  const saved = await saveDraft(server.app, server.owner, { ...where, revision, document });
  return publishWorkflow(server.app, server.owner, {
    ...where,
    revision: saved.revision,
    despiteBreaking: true,
  });
}

describe('a pinned address', () => {
  let project: TestProject;
  let greet: string;

  // Release 1: greet says "one"; 2: and bye; 3: greet says "two"; 4: without bye.
  beforeAll(async () => {
    project = await server.project('shop');
    greet = await project.publish(says('greet', 'one'));
    const bye = await project.publish(says('bye', 'goodbye'));
    await publishAgain(project, greet, says('greet', 'two'));
    await unpublishWorkflow(server.app, server.owner, { project: 'shop', workflow: bye });
  });

  it('serves exactly what the release had, removed workflows too', async () => {
    expect(await namesAt(at(project, 1), project.key)).toEqual(['greet']);
    expect(await namesAt(at(project, 2), project.key)).toEqual(['bye', 'greet']);
    expect(await namesAt(at(project, 4), project.key)).toEqual(['greet']);
    expect(await namesAt(project.url, project.key)).toEqual(['greet']);
    expect(textOf(await call(at(project, 1), project.key, 'greet'))).toBe('one');
    expect(textOf(await call(at(project, 2), project.key, 'greet'))).toBe('one');
    expect(textOf(await call(at(project, 2), project.key, 'bye'))).toBe('goodbye');
    expect(textOf(await call(at(project, 3), project.key, 'greet'))).toBe('two');
    expect(textOf(await call(project.url, project.key, 'greet'))).toBe('two');
    expect((await call(at(project, 4), project.key, 'bye')).json.error?.message).toContain('bye');
  });

  it('says the number of its release, in both eras', async () => {
    const discovered = await modern(at(project, 2), project.key, { method: 'server/discover' });
    expect(discovered.json.result).toMatchObject({
      _meta: { 'io.modelcontextprotocol/serverInfo': { name: 'shop', version: '2' } },
    });
    const params = {
      protocolVersion: '2025-11-25',
      capabilities: {},
      clientInfo: { name: 'a', version: '1' },
    };
    const begun = await legacy(at(project, 2), project.key, {
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params,
    });
    expect(begun.json.result).toMatchObject({ serverInfo: { name: 'shop', version: '2' } });
  });

  it('is left alone by publishing and rolling back', async () => {
    const other = await server.project('moving');
    const id = await other.publish(says('greet', 'one'));
    expect(textOf(await call(at(other, 1), other.key, 'greet'))).toBe('one');
    await publishAgain(other, id, says('greet', 'two'));
    expect(textOf(await call(at(other, 1), other.key, 'greet'))).toBe('one');
    expect(textOf(await call(at(other, 2), other.key, 'greet'))).toBe('two');
    await rollbackWorkflow(server.app, server.owner, { project: 'moving', workflow: id, version: 1 });
    expect(textOf(await call(other.url, other.key, 'greet'))).toBe('one');
    expect(textOf(await call(at(other, 2), other.key, 'greet'))).toBe('two');
    expect(textOf(await call(at(other, 3), other.key, 'greet'))).toBe('one');
  });

  it('is served with the @ written as %40', async () => {
    expect(await namesAt(`${project.url}%402`, project.key)).toEqual(['bye', 'greet']);
  });

  it('has instructions, access and environment of now', async () => {
    const open = await server.project('opening', { workflows: [says('env', '{{ env.COLOUR }}')] });
    const told = async (key: string | null) =>
      (await modern(at(open, 1), key, { method: 'server/discover' })).json.result as unknown as {
        instructions?: string;
      };
    expect((await told(open.key)).instructions).toBeUndefined();
    await updateProject(server.app, server.owner, 'opening', {
      instructions: 'Ask first.',
      access: 'public',
      env: { COLOUR: 'blue' },
    });
    expect((await told(null)).instructions).toBe('Ask first.');
    expect(textOf(await call(at(open, 1), null, 'env'))).toBe('blue');
    await updateProject(server.app, server.owner, 'opening', { access: 'key' });
    expect((await modern(at(open, 1), null, { method: 'tools/list' })).status).toBe(401);
    expect(await namesAt(at(open, 1), open.key)).toEqual(['env']);
  });

  it('tells who has a key that there is no such release', async () => {
    const answered = await modern(at(project, 99), project.key, { method: 'tools/list' });
    expect(answered.status).toBe(404);
    expect(answered.json.error?.message).toBe(
      'The project "shop" has no release 99: its latest is 4. /mcp/shop always serves the latest.',
    );
    const open = await server.project('public-shop', { access: 'public' });
    const empty = await modern(at(open, 1), null, { method: 'tools/list' });
    expect(empty.status).toBe(404);
    expect(empty.json.error?.message).toContain('nothing was published yet');
  });

  it('is in the list of clients, also where there is no such release', async () => {
    const log = await server.project('logged', { workflows: [echo] });
    const program = { 'User-Agent': 'pinned-program/1.0' };
    await legacy(at(log, 1), log.key, { jsonrpc: '2.0', id: 1, method: 'tools/list' }, program);
    await legacy(at(log, 9), log.key, { jsonrpc: '2.0', id: 1, method: 'tools/list' }, program);
    const seen = await eventually(async () => {
      const clients = await listClients(server.app, server.owner, 'logged');
      return clients.length === 2 && clients;
    });
    const good = seen.find(({ access }) => access === 'key')!;
    const refused = seen.find(({ access }) => access === 'refused')!;
    expect(good).toMatchObject({ requests: 1, failures: 0 });
    const where = { project: 'logged', client: refused.id };
    expect(await listClientRequests(server.app, server.owner, where)).toMatchObject([
      { status: 404, failure: 'no_release', what: 'Its address names a release that there is not.' },
    ]);
  });

  it('is to all others as if there were no project', async () => {
    const other = await server.project('foreign', { workflows: [echo] });
    const ask = (url: string, key: string | null) => modern(url, key, { method: 'tools/list' });
    for (const key of [null, other.key, `${project.key.slice(0, -4)}aaaa`]) {
      const nothing = await ask(`${server.url}/mcp/nothing-here`, key);
      expect(nothing.status).toBe(401);
      for (const url of [at(project, 1), at(project, 99), `${server.url}/mcp/nothing-here@1`]) {
        const refused = await ask(url, key);
        expect([refused.status, refused.text, refused.headers['www-authenticate']]).toEqual([
          nothing.status,
          nothing.text,
          nothing.headers['www-authenticate'],
        ]);
      }
    }
    expect((await ask(at(project, 1), project.key)).status).toBe(200);
  });

  it.each([
    'shop@0',
    'shop@01',
    'shop@',
    'shop@1.5',
    'shop@-1',
    'shop@latest',
    'shop@1@2',
    'shop@9999999999',
  ])('is nothing at /mcp/%s', async (place) => {
    const answered = await modern(`${server.url}/mcp/${place}`, project.key, { method: 'tools/list' });
    expect(answered.status).toBe(404);
  });

  it('shows a key only the tools it may use', async () => {
    const { key } = await project.newKey(['bye']);
    expect(await namesAt(at(project, 2), key)).toEqual(['bye']);
    expect(textOf(await call(at(project, 2), key, 'bye'))).toBe('goodbye');
    expect((await call(at(project, 2), key, 'greet')).json.error).toBeDefined();
  });

  it('has sessions of its own', async () => {
    const there = await beginSession(at(project, 2), project.key, {});
    const here = await beginSession(project.url, project.key, {});
    const list = { id: 1, method: 'tools/list' };
    expect((await there.send(list)).status).toBe(200);
    expect((await there.send(list, project.url)).status).toBe(404);
    expect((await there.send(list, at(project, 1))).status).toBe(404);
    expect((await here.send(list)).status).toBe(200);
    expect((await here.send(list, at(project, 2))).status).toBe(404);
  });

  it('records the version that ran', async () => {
    await call(at(project, 1), project.key, 'greet');
    await call(project.url, project.key, 'greet');
    const versions = await eventually(async () => {
      const { items } = await listRuns(server.app, server.owner, 'shop', { workflow: greet, limit: 2 });
      return items.length === 2 && items.map(({ version }) => version).join() === '2,1' && items;
    });
    expect(versions).toHaveLength(2);
  });

  it('is served over a WebSocket and over event streams', async () => {
    const socket = new WebSocket(`${at(project, 2).replace('http', 'ws')}/ws`, 'mcp', {
      headers: { Authorization: `Bearer ${project.key}` },
    });
    const answered = new Promise<string>((resolve, reject) => {
      socket.on('message', (data) => resolve(String(data)));
      socket.on('error', reject);
    });
    const params = { _meta: ENVELOPE, name: 'bye', arguments: {} };
    socket.on('open', () =>
      socket.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params })),
    );
    expect(JSON.parse(await answered).result.content[0].text).toBe('goodbye');
    socket.close();

    const peer = await SsePeer.open(at(project, 2), project.key);
    await peer.initialize();
    const said = await peer.call('bye');
    expect(said?.result?.content?.[0]?.text).toBe('goodbye');
    const elsewhere = peer.endpoint.replace('@2/', '@1/');
    expect((await peer.post({ id: 5, method: 'ping' }, elsewhere)).status).toBe(404);
    peer.close();
  });

  it('has a card that names it', async () => {
    const { status, text } = await send(`${at(project, 2)}/server-card`, {
      method: 'GET',
      headers: { Authorization: `Bearer ${project.key}` },
    });
    expect(status).toBe(200);
    const card = JSON.parse(text);
    expect(card.version).toBe('2.0.0');
    expect(new URL(card.remotes[0].url).pathname).toBe('/mcp/shop@2');
  });

  it('is silent when the lists change, while the other hears of it', async () => {
    const quiet = await server.project('listening', { workflows: [echo] });
    const headers = {
      Accept: 'application/json, text/event-stream',
      'MCP-Protocol-Version': '2026-07-28',
      'Mcp-Method': 'subscriptions/listen',
      Authorization: `Bearer ${quiet.key}`,
    };
    const params = { notifications: { toolsListChanged: true, promptsListChanged: true }, _meta: ENVELOPE };
    const message = { jsonrpc: '2.0', id: 1, method: 'subscriptions/listen', params };
    const pinned = await openCall(at(quiet, 1), headers, message);
    const latest = await openCall(quiet.url, headers, message);
    await pinned.next();
    await latest.next();
    await quiet.publish(says('more', 'more'));
    expect(await latest.next()).toMatchObject({ method: 'notifications/tools/list_changed' });
    await quiet.publish(says('still_more', 'more'));
    expect(await latest.next()).toMatchObject({ method: 'notifications/tools/list_changed' });
    // It was opened first, so that it would have been told first.
    const next = pinned.next();
    const heard = await Promise.race([next, namesAt(quiet.url, quiet.key).then(() => 'nothing')]);
    expect(heard).toBe('nothing');
    pinned.close();
    latest.close();
    await next.catch(() => {});
  });
});

describe('workflows that call others, in a pinned release', () => {
  let project: TestProject;
  let inner: string;

  // Release 1: inner is "old"; after 4 it is "new", after 5 it is not published.
  beforeAll(async () => {
    project = await server.project('nested');
    inner = await project.publish(says('inner', 'old'));
    await project.publish(outer('direct'));
    await project.publish(outer('after_question', ask('who', 'name')));
    const asTask = outer('in_background');
    await project.publish({ ...asTask, settings: { ...asTask.settings, task: 'optional' } });
    await publishAgain(project, inner, says('inner', 'new'));
    await unpublishWorkflow(server.app, server.owner, { project: 'nested', workflow: inner });
  });

  it('call those of the release', async () => {
    expect(textOf(await call(at(project, 4), project.key, 'direct'))).toBe('inner says old');
    expect(textOf(await call(at(project, 5), project.key, 'direct'))).toBe('inner says new');
    expect(textOf(await call(project.url, project.key, 'direct'))).toContain('not published');
  });

  it('also after a question', async () => {
    const params = (more: object = {}) => ({
      _meta: envelope({ elicitation: {} }),
      name: 'after_question',
      arguments: {},
      ...more,
    });
    const asked = await modern(at(project, 4), project.key, { method: 'tools/call', params: params() });
    const { requestState } = asked.json.result as unknown as { requestState: string };
    const inputResponses = { who: { action: 'accept', content: { name: 'Ada' } } };
    const given = params({ requestState, inputResponses });
    const elsewhere = await modern(project.url, project.key, { method: 'tools/call', params: given });
    expect(elsewhere.json.error?.data).toMatchObject({ reason: 'invalid' });
    const answered = await modern(at(project, 4), project.key, { method: 'tools/call', params: given });
    expect(textOf(answered)).toBe('inner says old');
  });

  it('also as a task', async () => {
    const _meta = envelope({ extensions: { 'io.modelcontextprotocol/tasks': {} } });
    const begun = await modern(at(project, 4), project.key, {
      method: 'tools/call',
      params: { _meta, name: 'in_background', arguments: {} },
    });
    const { taskId } = begun.json.result as unknown as { taskId: string };
    const ended = await eventually(async () => {
      const { json } = await modern(at(project, 4), project.key, {
        method: 'tasks/get',
        params: { _meta, taskId },
      });
      const task = json.result as unknown as { status: string; result?: { content: { text: string }[] } };
      return task.status !== 'working' && task;
    });
    expect(ended).toMatchObject({ status: 'completed', result: { content: [{ text: 'inner says old' }] } });
  });
});

describe('what is deleted', () => {
  it('is gone from pinned releases too, and the rest stays', async () => {
    const project = await server.project('shrinking', { workflows: [echo] });
    const id = await project.publish(says('greet', 'hello'));
    expect(await namesAt(at(project, 2), project.key)).toEqual(['echo', 'greet']);
    await unpublishWorkflow(server.app, server.owner, { project: 'shrinking', workflow: id });
    expect(await namesAt(at(project, 2), project.key)).toEqual(['echo', 'greet']);
    await deleteWorkflow(server.app, server.owner, { project: 'shrinking', workflow: id });
    expect(await namesAt(at(project, 2), project.key)).toEqual(['echo']);
  });
});
