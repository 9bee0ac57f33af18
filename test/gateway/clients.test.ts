import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as OlderClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as OlderTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestProject, type TestServer } from './support/gateway.ts';
import { answer, echo, NO_ARGUMENTS, tool } from './support/workflows.ts';

let server: TestServer;
let project: TestProject;

beforeAll(async () => {
  server = await startTestServer();
  project = await server.project('clients', {
    workflows: [
      echo,
      tool(
        'count',
        NO_ARGUMENTS,
        { key: 'half', kind: 'progress', config: { done: 1, total: 2, message: 'half way' } },
        { key: 'whole', kind: 'progress', config: { done: 2, total: 2 } },
        answer('counted'),
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
      ...(onList && {
        listChanged: {
          tools: { debounceMs: 0, onChanged: (_error, tools) => onList(namesOf(tools)) },
        },
      }),
    },
  );
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
