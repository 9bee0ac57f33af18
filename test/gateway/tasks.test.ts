import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { openDatabase } from '#lib/db/client.ts';
import { repository } from '#lib/db/repository.ts';
import { listRuns } from '#lib/operations/read-runs.ts';
import type { WorkflowDocument } from '#lib/workflow/document.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { spawnServer } from '../api/processes.ts';
import { eventually } from '../api/server.ts';
import { DATABASES, type EmptyDatabase } from '../support/databases.ts';
import { startTestServer, type TestProject, type TestServer } from './support/gateway.ts';
import { type Answer, envelope, legacy, modern } from './support/wire.ts';
import { answer, ask, graph, NO_ARGUMENTS, type Step, TEXT_SCHEMA, tool } from './support/workflows.ts';

const TASKS = 'io.modelcontextprotocol/tasks';
const TAKES = { elicitation: {}, extensions: { [TASKS]: {} } };

const asTask = (document: WorkflowDocument, task: 'optional' | 'required' = 'optional') => ({
  ...document,
  settings: { ...document.settings, task },
});
const wait = (amount: number, unit = 'seconds'): Step => ({
  key: 'wait',
  kind: 'wait',
  config: { mode: 'for', amount, unit },
});
const note: Step = { key: 'note', kind: 'log', config: { text: 'begun' } };
const never = {
  when: 'all',
  conditions: [{ left: '{{ 0 }}', operator: 'greater', right: '0' }],
};

const WORKFLOWS = [
  tool('plain', TEXT_SCHEMA, answer('{{ input.text }}')),
  asTask(tool('quick', TEXT_SCHEMA, note, answer('{{ input.text }}'))),
  asTask(tool('always', NO_ARGUMENTS, note, answer('done')), 'required'),
  asTask(tool('long', NO_ARGUMENTS, wait(600), answer('never'))),
  asTask(tool('longer', NO_ARGUMENTS, wait(2, 'days'), answer('never'))),
  asTask(tool('refuse', NO_ARGUMENTS, { key: 'no', kind: 'fail', config: { message: 'Not today.' } })),
  asTask(
    graph(
      'nothing',
      NO_ARGUMENTS,
      [{ key: 'any', kind: 'if', config: never }, answer('never')],
      ['arguments -> any', 'any:true -> answer'],
    ),
  ),
  asTask(
    graph(
      'both',
      NO_ARGUMENTS,
      [
        note,
        ask('who', 'name'),
        ask('where', 'town'),
        answer('{{ steps.who.name }}, {{ steps.where.town }}'),
      ],
      ['arguments -> note', 'note -> who', 'note -> where', 'who -> answer', 'where -> answer'],
    ),
  ),
  asTask(tool('greet', NO_ARGUMENTS, ask('who', 'name'), answer('Hello, {{ steps.who.name }}!')), 'required'),
  asTask(
    graph(
      'consent',
      NO_ARGUMENTS,
      [{ key: 'team', kind: 'approve', config: { message: 'Shall we?', by: 'team' } }, answer('We shall.')],
      ['arguments -> team', 'team:approved -> answer'],
    ),
  ),
];

interface Task {
  resultType: string;
  taskId: string;
  status: string;
  statusMessage?: string;
  createdAt: string;
  lastUpdatedAt: string;
  ttlMs: number;
  pollIntervalMs: number;
  inputRequests?: Record<string, { method: string; params: { message: string } }>;
  result?: { content: { text: string }[]; isError?: boolean };
  error?: { code: number; message: string };
  requestState?: string;
}

const taskOf = ({ json }: Answer) => json.result as unknown as Task;
const accept = (content: JsonObject) => ({ action: 'accept', content });

describe.each(DATABASES)('tasks on $name', ({ name: databaseName, create }) => {
  let folder: string;
  let database: EmptyDatabase;
  let one: TestServer;
  let two: TestServer;
  let project: TestProject;
  let there: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'patchbay-tasks-'));
    database = await create();
    const env = {
      DATA_DIR: folder,
      DATABASE_URL: database.url,
      ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    };
    one = await startTestServer(env);
    // One process serves SQLite; news reach the others of PostgreSQL.
    two = databaseName === 'SQLite' ? one : await startTestServer(env);
    project = await one.project('works', { workflows: WORKFLOWS });
    there = `${two.url}/mcp/works`;
  });

  afterAll(async () => {
    await one?.close();
    if (two !== one) await two?.close();
    await database?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const send = (
    method: string,
    params: Record<string, unknown>,
    { url = project.url, key = project.key as string | null, can = TAKES as JsonObject } = {},
  ) => modern(url, key, { method, params: { ...params, _meta: envelope(can) } });
  const call = (name: string, args: JsonObject = {}, can: JsonObject = TAKES, more: object = {}) =>
    send('tools/call', { name, arguments: args, ...more }, { can });
  const begin = async (name: string, args?: JsonObject) => taskOf(await call(name, args)).taskId;
  const get = async (taskId: string, url?: string) => taskOf(await send('tasks/get', { taskId }, { url }));
  const becomes = (taskId: string, status: string, url?: string) =>
    eventually(async () => {
      const task = await get(taskId, url);
      return task.status === status && task;
    });

  it('are made for a client that takes them, durable and known everywhere before the answer', async () => {
    const made = taskOf(await call('quick', { text: 'x' }));
    expect(made).toMatchObject({ resultType: 'task', status: 'working', ttlMs: 30 * 86_400_000 });
    expect(made.pollIntervalMs).toBeGreaterThan(0);
    expect(new Date(made.createdAt).toISOString()).toBe(made.createdAt);

    expect(await get(made.taskId, there)).toMatchObject({ resultType: 'complete', taskId: made.taskId });
    const done = await becomes(made.taskId, 'completed', there);
    expect(done.result).toEqual({ content: [{ type: 'text', text: 'x' }] });
    expect(done.createdAt).toBe(made.createdAt);
    const { items } = await listRuns(one.app, one.owner, 'works', {});
    expect(items.find(({ id }) => id === made.taskId)).toMatchObject({ cause: 'call', background: true });
  });

  it('are not made for others: the call waits for its answer', async () => {
    const answered = { resultType: 'complete', content: [{ type: 'text', text: 'x' }] };
    expect((await call('quick', { text: 'x' }, {})).json.result).toMatchObject(answered);
    expect((await call('plain', { text: 'x' })).json.result).toMatchObject(answered);
    const old = await legacy(project.url, project.key, {
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'quick', arguments: { text: 'x' } },
    });
    expect(old.json.result?.content[0]?.text).toBe('x');
  });

  it('are not made of arguments that do not fit', async () => {
    expect((await call('quick', { text: 1 })).json.result).toMatchObject({
      resultType: 'complete',
      isError: true,
    });
  });

  it('may be all that a tool offers: clients that take none are refused', async () => {
    expect((await call('always', {}, {})).json.error).toMatchObject({
      code: -32_021,
      message: `always needs a client with the capability ${TASKS}, which this one did not declare.`,
      data: { requiredCapabilities: { extensions: { [TASKS]: {} } } },
    });
    const old = await legacy(project.url, project.key, {
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'always', arguments: {} },
    });
    expect(old.json.result).toMatchObject({ isError: true });
    await becomes(await begin('always'), 'completed');
  });

  it('are announced, and no list of them is there', async () => {
    const { json } = await send('server/discover', {});
    expect(json.result).toMatchObject({ capabilities: { extensions: { [TASKS]: {} } } });
    for (const method of ['tasks/list', 'tasks/result']) {
      const refused = await send(method, { taskId: 'x' });
      expect([refused.status, refused.json.error?.code]).toEqual([404, -32_601]);
    }
  });

  it('end as failed when there is no answer, and as an answer with isError when the tool refuses', async () => {
    const refused = await becomes(await begin('refuse'), 'completed');
    expect(refused.result).toEqual({ content: [{ type: 'text', text: 'Not today.' }], isError: true });
    const failed = await becomes(await begin('nothing'), 'failed');
    expect(failed.error).toEqual({
      code: -32_603,
      message: expect.stringContaining('ended without reaching an Output step'),
    });
    expect(failed).not.toHaveProperty('result');
    const dead = await listRuns(one.app, one.owner, 'works', { dead: true });
    expect(dead.items).toEqual([]);
  });

  it('ask their client, which answers one after the other', async () => {
    const taskId = await begin('both');
    const asking = await becomes(taskId, 'input_required');
    expect(asking.inputRequests).toMatchObject({
      who: { method: 'elicitation/create', params: { message: 'What is the name?' } },
      where: { method: 'elicitation/create', params: { message: 'What is the town?' } },
    });
    const update = (inputResponses: JsonObject, url?: string) =>
      send('tasks/update', { taskId, inputResponses }, { url });

    const unfit = await update({ who: accept({ name: 1 }), where: 'x' }, there);
    expect(unfit.json.error).toMatchObject({
      code: -32_602,
      data: { faults: { who: expect.stringContaining('name'), where: expect.any(String) } },
    });
    expect((await update({ unknown: accept({}) })).json.result).toMatchObject({ resultType: 'complete' });
    expect(Object.keys((await get(taskId)).inputRequests ?? {}).sort()).toEqual(['where', 'who']);

    const partly = await update({ who: accept({ name: 'Ada' }), where: accept({}) });
    expect(Object.keys(partly.json.error?.data?.['faults'] as object)).toEqual(['where']);
    expect(Object.keys((await get(taskId)).inputRequests ?? {})).toEqual(['where']);
    const taken = await update({ who: accept({ name: 'Eve' }), where: accept({ town: 'London' }) }, there);
    expect(taken.json.result).toEqual({ resultType: 'complete', _meta: expect.anything() });
    expect((await becomes(taskId, 'completed')).result?.content[0]?.text).toBe('Ada, London');
    expect((await update({ where: accept({ town: 'Paris' }) })).json.result).toMatchObject({
      resultType: 'complete',
    });
  });

  it('say where a person can answer what their client cannot be asked', async () => {
    const can = { extensions: { [TASKS]: {} } };
    const { taskId } = taskOf(await call('greet', {}, can));
    const look = async () => taskOf(await send('tasks/get', { taskId }, { can }));
    expect(await look()).toMatchObject({
      status: 'working',
      statusMessage: expect.stringMatching(/A person has to answer: "What is the name\?".*\/answer\//),
    });
    const team = await begin('consent');
    const waits = await eventually(async () => {
      const task = await get(team);
      return task.statusMessage !== undefined && task;
    });
    expect(waits).toMatchObject({
      status: 'working',
      statusMessage: expect.stringContaining('/projects/works/approvals'),
    });
  });

  it('begin after the questions that a workflow begins with, once', async () => {
    const asked = taskOf(await call('greet'));
    expect(asked).toMatchObject({ resultType: 'input_required', inputRequests: { who: expect.anything() } });
    expect(asked).not.toHaveProperty('taskId');
    const { requestState } = asked;
    const again = taskOf(
      await call('greet', {}, TAKES, { requestState, inputResponses: { who: accept({ name: 1 }) } }),
    );
    expect(again.resultType).toBe('input_required');
    expect(again.inputRequests?.['who']?.params.message).toContain('did not fit');
    const given = { requestState, inputResponses: { who: accept({ name: 'Ada' }) } };
    const made = taskOf(await call('greet', {}, TAKES, given));
    expect(made).toMatchObject({ resultType: 'task', status: 'working' });
    expect(made).not.toHaveProperty('requestState');
    const repeated = taskOf(await call('greet', {}, TAKES, given));
    expect(repeated.taskId).toBe(made.taskId);
    expect((await becomes(made.taskId, 'completed')).result?.content[0]?.text).toBe('Hello, Ada!');
    const kept = await call('greet', {}, TAKES, { inputResponses: given.inputResponses });
    expect(taskOf(kept).resultType).toBe('task');
  });

  it.each(['long', 'longer', 'both'])('are cancelled: %s', async (name) => {
    const taskId = await begin(name);
    if (name === 'both') await becomes(taskId, 'input_required');
    const acknowledged = await send('tasks/cancel', { taskId }, { url: there });
    expect(acknowledged.json.result).toEqual({ resultType: 'complete', _meta: expect.anything() });
    const cancelled = await becomes(taskId, 'cancelled');
    expect(cancelled).not.toHaveProperty('result');
    expect(cancelled).not.toHaveProperty('error');
    expect((await send('tasks/cancel', { taskId })).json.result).toMatchObject({ resultType: 'complete' });
  });

  it('are cancelled before their turn has come, while others take all places', async () => {
    const running = await Promise.all(Array.from({ length: 5 }, () => begin('long')));
    const statusOf = async (id: string) =>
      (await repository(one.app.db, { type: 'system' }).runs.held(null, id))?.status;
    await eventually(async () =>
      (await Promise.all(running.map(statusOf))).every((status) => status === 'running'),
    );
    const queued = await begin('long');
    expect(await statusOf(queued)).toBe('queued');
    for (const taskId of [queued, ...running]) {
      await send('tasks/cancel', { taskId });
      await becomes(taskId, 'cancelled');
    }
  });

  it('belong to their caller', async () => {
    const other = await one.project('others', { workflows: [] });
    const open = await one.project('open', { access: 'public', workflows: WORKFLOWS });
    const mine = await begin('both');
    await becomes(mine, 'input_required');
    const publicTask = taskOf(
      await send('tools/call', { name: 'both', arguments: {} }, { url: open.url, key: null }),
    ).taskId;
    const neighbour = await project.newKey();
    const strangers = [
      { taskId: mine, url: project.url, key: neighbour.key },
      { taskId: mine, url: other.url, key: other.key },
      { taskId: mine, url: open.url, key: null },
      { taskId: publicTask, url: open.url, key: open.key },
      { taskId: 'nonsense', url: project.url, key: project.key },
    ];
    for (const { taskId, url, key } of strangers) {
      for (const method of ['tasks/get', 'tasks/update', 'tasks/cancel']) {
        const params = { taskId, inputResponses: { who: accept({ name: 'Eve' }) } };
        const refused = await send(method, params, { url, key });
        expect(refused.json.error).toEqual({
          code: -32_602,
          message: 'There is no such task, or none of yours, or it is no longer kept.',
        });
      }
    }
    expect(Object.keys((await get(mine)).inputRequests ?? {}).sort()).toEqual(['where', 'who']);
    const own = await send('tasks/get', { taskId: publicTask }, { url: open.url, key: null });
    expect(taskOf(own).taskId).toBe(publicTask);
  });

  it('are not the calls that were none', async () => {
    await call('quick', { text: 'sync' }, {});
    const { items } = await eventually(async () => {
      const runs = await listRuns(one.app, one.owner, 'works', {});
      return runs.items.some(({ background }) => !background) && runs;
    });
    const taskId = items.find(({ background }) => !background)!.id;
    expect((await send('tasks/get', { taskId })).json.error?.code).toBe(-32_602);
  });

  it('are nothing to a client that did not declare them, whatever it sends', async () => {
    for (const method of ['tasks/get', 'tasks/update', 'tasks/cancel']) {
      const refused = await send(method, {}, { can: {} });
      expect(refused.json.error).toMatchObject({
        code: -32_021,
        data: { requiredCapabilities: { extensions: { [TASKS]: {} } } },
      });
      expect((await send(method, {})).json.error?.code).toBe(-32_602);
    }
  });

  it('are named by the header too', async () => {
    const taskId = await begin('quick', { text: 'x' });
    const params = { taskId, _meta: envelope(TAKES) };
    const wrong = await modern(
      project.url,
      project.key,
      { method: 'tasks/get', params },
      { 'Mcp-Name': 'x' },
    );
    expect([wrong.status, wrong.json.error?.code]).toEqual([400, -32_020]);
    expect((await send('tasks/update', { taskId })).json.error?.code).toBe(-32_602);
  });

  it('are kept for as long as was said, however many runs there are', async () => {
    const taskId = await begin('quick', { text: 'x' });
    await becomes(taskId, 'completed');
    const { runs } = repository(one.app.db, { type: 'system' });
    await runs.prune({ days: 30, perProject: 0 });
    expect((await get(taskId)).status).toBe('completed');
    await runs.prune({ days: 30, perProject: 0 }, new Date(Date.now() + 31 * 86_400_000));
    expect((await send('tasks/get', { taskId })).json.error?.code).toBe(-32_602);
  });

  it('are there for the official client, which does not take the answer to a call that is one', async () => {
    const client = new Client(
      { name: 'test', version: '1' },
      { versionNegotiation: { mode: { pin: '2026-07-28' } }, capabilities: TAKES },
    );
    const requestInit = { headers: { Authorization: `Bearer ${project.key}` } };
    await client.connect(new StreamableHTTPClientTransport(new URL(project.url), { requestInit }));
    await expect(client.callTool({ name: 'quick', arguments: { text: 'x' } })).rejects.toThrow(
      "Unsupported result type 'task'",
    );
    const taskId = await begin('long');
    const task = z.looseObject({ taskId: z.string(), status: z.string() });
    const look = () => client.request({ method: 'tasks/get', params: { taskId } }, task);
    expect(await look()).toMatchObject({ taskId, status: 'working' });
    await client.request({ method: 'tasks/cancel', params: { taskId } }, z.looseObject({}));
    await eventually(async () => (await look()).status === 'cancelled');
    await client.close();
  });
});

describe.each(DATABASES)('a task on $name', ({ create }) => {
  it('whose process is killed goes on in the next, and repeats no finished step', {
    timeout: 90_000,
  }, async () => {
    const empty = await create();
    const folder = mkdtempSync(join(tmpdir(), 'patchbay-tasks-killed-'));
    const env = {
      DATA_DIR: folder,
      DATABASE_URL: empty.url,
      ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    };
    const maker = await startTestServer(env);
    const count = (key: string): Step => ({
      key,
      kind: 'store',
      config: { action: { type: 'increment', key, by: 1 } },
    });
    const document = tool('count', NO_ARGUMENTS, count('calls'), wait(3), answer('{{ steps.calls }}'));
    const { key } = await maker.project('killed', { workflows: [asTask(document)] });
    await maker.close();
    const send = (url: string, method: string, params: JsonObject) =>
      modern(`${url}/mcp/killed`, key, { method, params: { ...params, _meta: envelope(TAKES) } });

    const first = await spawnServer(env);
    const database = await openDatabase(empty.url);
    const { taskId } = taskOf(await send(first.url, 'tools/call', { name: 'count', arguments: {} }));
    await eventually(async () => {
      const stored = await database.prisma.runProgress.findMany({ where: { runId: taskId } });
      return stored.some(({ text }) => text.includes('"calls"'));
    });
    await first.end('SIGKILL');
    const over = { leaseUntil: new Date(Date.now() - 1000) };
    await database.prisma.run.updateMany({ where: { id: taskId, status: 'running' }, data: over });
    await database.prisma.job.updateMany({ where: { state: 'running' }, data: over });
    const second = await spawnServer(env);
    const done = await eventually(async () => {
      const task = taskOf(await send(second.url, 'tasks/get', { taskId }));
      return task.status !== 'working' && task;
    });
    await second.end('SIGKILL');
    await database.close();
    await empty.remove();
    rmSync(folder, { recursive: true, force: true });

    expect(done).toMatchObject({ status: 'completed', result: { content: [{ text: '1' }] } });
  });
});
