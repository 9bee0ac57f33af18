import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as OlderClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as OlderTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import {
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  ListRootsRequestSchema,
  LoggingMessageNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestProject, type TestServer } from './support/gateway.ts';
import { answer, ask, echo, graph, NO_ARGUMENTS, type Step, tool } from './support/workflows.ts';

/** Asks a client for all it can be asked for, then for consent. */
const INTERVIEW: Step[] = [
  ask('who', 'name'),
  {
    key: 'capital',
    kind: 'ask-model',
    config: { messages: [{ role: 'user', text: 'What is the capital of France?' }], maxTokens: 100 },
  },
  { key: 'folders', kind: 'roots', config: {} },
  {
    key: 'consent',
    kind: 'approve',
    config: { message: 'Tell {{ steps.who.name }}?', details: '{{ steps.capital.text }}', by: 'caller' },
  },
  answer('{{ steps.who.name }}, {{ steps.capital.text }}, {{ steps.folders.roots[0].uri }}'),
];

const CAPABILITIES = { elicitation: { form: {} }, sampling: {}, roots: {} };

/** What a person at the client, and its model, answer. */
const ANSWERS = {
  elicit: async (message: string) => ({
    action: 'accept' as const,
    content: (message.startsWith('Tell') ? { approved: true } : { name: 'Ada' }) as Record<
      string,
      string | boolean
    >,
  }),
  sample: () => ({
    role: 'assistant' as const,
    content: { type: 'text' as const, text: 'Paris' },
    model: 'm',
  }),
  roots: () => ({ roots: [{ uri: 'file:///home/ada', name: 'home' }] }),
};

let server: TestServer;
let project: TestProject;

beforeAll(async () => {
  server = await startTestServer();
  project = await server.project('clients', {
    workflows: [
      echo,
      graph('interview', NO_ARGUMENTS, INTERVIEW, [
        ...['who', 'capital', 'folders'].flatMap((key) => [`arguments -> ${key}`, `${key} -> consent`]),
        'consent:approved -> answer',
      ]),
      tool(
        'count',
        NO_ARGUMENTS,
        { key: 'half', kind: 'progress', config: { done: 1, total: 2, message: 'half way' } },
        { key: 'whole', kind: 'progress', config: { done: 2, total: 2 } },
        answer('counted'),
      ),
      tool(
        'noted',
        NO_ARGUMENTS,
        { key: 'begin', kind: 'log', config: { level: 'info', text: 'it begins' } },
        { key: 'trouble', kind: 'log', config: { level: 'error', text: 'it fails' } },
        answer('noted'),
      ),
    ],
  });
});

afterAll(() => server.close());

interface Told {
  progress: number;
  message?: string | undefined;
}

/** What the test does with a client, whichever it is. */
interface AnyClient {
  toolNames(): Promise<string[]>;
  call(name: string, args: Record<string, unknown>): Promise<unknown>;
  progressOf(name: string): Promise<Told[]>;
  close(): Promise<void>;
}

type ListListener = (names: string[]) => void;

const namesOf = (tools: readonly { name: string }[] | null | undefined) =>
  (tools ?? []).map(({ name }) => name);

async function newClient(mode: 'legacy' | { pin: string }, onList?: ListListener): Promise<AnyClient> {
  const client = new Client(
    { name: 'test', version: '1' },
    {
      versionNegotiation: { mode },
      capabilities: CAPABILITIES,
      ...(onList && {
        listChanged: {
          tools: { debounceMs: 0, onChanged: (_error, tools) => onList(namesOf(tools)) },
        },
      }),
    },
  );
  client.setRequestHandler('elicitation/create', ({ params }) => ANSWERS.elicit(params.message));
  client.setRequestHandler('sampling/createMessage', ANSWERS.sample);
  client.setRequestHandler('roots/list', ANSWERS.roots);
  const requestInit = { headers: { Authorization: `Bearer ${project.key}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(project.url), { requestInit }));
  return {
    toolNames: async () => namesOf((await client.listTools()).tools),
    call: async (name, args) => (await client.callTool({ name, arguments: args })).content,
    async progressOf(name) {
      const told: Told[] = [];
      await client.callTool({ name, arguments: {} }, { onprogress: (progress) => told.push(progress) });
      return told;
    },
    close: () => client.close(),
  };
}

async function olderClient(onList?: ListListener): Promise<AnyClient> {
  const client = new OlderClient(
    { name: 'test', version: '1' },
    {
      capabilities: CAPABILITIES,
      ...(onList && {
        listChanged: {
          tools: {
            debounceMs: 0,
            onChanged: (_error, tools) => onList(namesOf(tools as { name: string }[])),
          },
        },
      }),
    },
  );
  client.setRequestHandler(ElicitRequestSchema, ({ params }) => ANSWERS.elicit(params.message));
  client.setRequestHandler(CreateMessageRequestSchema, ANSWERS.sample);
  client.setRequestHandler(ListRootsRequestSchema, ANSWERS.roots);
  const requestInit = { headers: { Authorization: `Bearer ${project.key}` } };
  await client.connect(new OlderTransport(new URL(project.url), { requestInit }));
  return {
    toolNames: async () => namesOf((await client.listTools()).tools),
    call: async (name, args) => (await client.callTool({ name, arguments: args })).content,
    async progressOf(name) {
      const told: Told[] = [];
      await client.callTool({ name, arguments: {} }, undefined, {
        onprogress: (progress) => told.push(progress),
      });
      return told;
    },
    close: () => client.close(),
  };
}

const CLIENTS: Record<string, (onList?: ListListener) => Promise<AnyClient>> = {
  'the SDK client 2.x on 2026-07-28': (onList) => newClient({ pin: '2026-07-28' }, onList),
  'the SDK client 2.x on 2025-11-25': (onList) => newClient('legacy', onList),
  'the SDK client 1.x': olderClient,
};

for (const [name, connect] of Object.entries(CLIENTS)) {
  describe(name, () => {
    it('lists and calls', async () => {
      const client = await connect();
      expect(await client.toolNames()).toEqual(expect.arrayContaining(['count', 'echo']));
      expect(await client.call('echo', { text: 'hello' })).toEqual([{ type: 'text', text: 'hello' }]);
      await client.close();
    });

    it('is told of progress', async () => {
      const client = await connect();
      expect(await client.progressOf('count')).toMatchObject([
        { progress: 1, total: 2, message: 'half way' },
        { progress: 2, total: 2 },
      ]);
      await client.close();
    });

    it('is asked, and goes on with the answers', async () => {
      const client = await connect();
      expect(await client.call('interview', {})).toEqual([
        { type: 'text', text: 'Ada, Paris, file:///home/ada' },
      ]);
      await client.close();
    });

    it('hears of a new tool without asking', async () => {
      const tool = { ...echo, name: `new_tool_${Object.keys(CLIENTS).indexOf(name)}` };
      let heard: ListListener = () => {};
      const list = new Promise<string[]>((resolve) => {
        heard = resolve;
      });
      const client = await connect((names) => heard(names));
      // The stream is opened beside the first requests.
      await client.toolNames();
      await new Promise((resolve) => setTimeout(resolve, 200));
      await project.publish(tool);
      expect(await list).toContain(tool.name);
      expect(await client.toolNames()).toContain(tool.name);
      await client.close();
    });

    it('keeps its answers apart from those of another that counts like it', async () => {
      const pair = await Promise.all([connect(), connect()]);
      const texts = Array.from({ length: 40 }, (_, index) => `text ${index}`);
      const answers = await Promise.all(texts.map((text, index) => pair[index % 2]!.call('echo', { text })));
      expect(answers).toEqual(texts.map((text) => [{ type: 'text', text }]));
      await Promise.all(pair.map((client) => client.close()));
    });
  });
}

describe.each(['2.x', '1.x'])('the session of the SDK client %s', (version) => {
  it('hears what it wants of the log, and ends when the client says so', async () => {
    const requestInit = { headers: { Authorization: `Bearer ${project.key}` } };
    const heard: unknown[] = [];
    const info = { name: 'test', version: '1' };
    const newer = { transport: new StreamableHTTPClientTransport(new URL(project.url), { requestInit }) };
    const older = { transport: new OlderTransport(new URL(project.url), { requestInit }) };
    let client: Pick<Client, 'close' | 'setLoggingLevel'> & { noted(): Promise<unknown> };
    if (version === '2.x') {
      const own = new Client(info, { versionNegotiation: { mode: 'legacy' } });
      own.setNotificationHandler('notifications/message', ({ params }) => void heard.push(params.data));
      await own.connect(newer.transport);
      client = Object.assign(own, { noted: () => own.callTool({ name: 'noted', arguments: {} }) });
    } else {
      const own = new OlderClient(info);
      own.setNotificationHandler(
        LoggingMessageNotificationSchema,
        ({ params }) => void heard.push(params.data),
      );
      await own.connect(older.transport);
      client = Object.assign(own, { noted: () => own.callTool({ name: 'noted', arguments: {} }) });
    }
    await client.noted();
    expect(heard.splice(0)).toEqual(['it begins', 'it fails']);
    expect(await client.setLoggingLevel('error')).toEqual({});
    await client.noted();
    expect(heard).toEqual(['it fails']);

    const { transport } = version === '2.x' ? newer : older;
    const { sessionId } = transport;
    await transport.terminateSession();
    expect(transport.sessionId).toBeUndefined();
    const headers = { ...requestInit.headers, 'Mcp-Session-Id': sessionId! };
    expect((await fetch(project.url, { method: 'DELETE', headers })).status).toBe(404);
    await client.close();
  });
});
