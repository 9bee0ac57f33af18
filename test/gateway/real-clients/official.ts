import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as OlderClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as OlderTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import type { JsonObject } from '#lib/workflow/json.ts';
import { type Address, answerOf, type Connected, type Person, type RealClient, versionOf } from './client.ts';

const INFO = { name: 'test', version: '1' };
const ABLE = { capabilities: { elicitation: { form: {} } } };

const requestInit = ({ key }: Address) => ({ headers: { Authorization: `Bearer ${key}` } });

function officialClient(protocol: RealClient['protocol']): RealClient {
  const mode = protocol === '2025-11-25' ? 'legacy' : { pin: protocol };
  return {
    name: `the official client ${versionOf('@modelcontextprotocol/client')}, ${protocol}`,
    protocol,
    can: { progress: true, elicitation: true },
    async connect(at, person) {
      const client = new Client(INFO, { versionNegotiation: { mode }, ...(person && ABLE) });
      if (person) {
        client.setRequestHandler('elicitation/create', ({ params }) => ({
          action: 'accept',
          content: person(params.message),
        }));
      }
      await client.connect(
        new StreamableHTTPClientTransport(new URL(at.url), { requestInit: requestInit(at) }),
      );
      return {
        tools: async () => (await client.listTools()).tools,
        call: async (name, args) => answerOf(await client.callTool({ name, arguments: args })),
        listen: async (name, onprogress) =>
          void (await client.callTool({ name, arguments: {} }, { onprogress })),
        close: () => client.close(),
      };
    },
  };
}

/** The client 1.x over a transport of its own. */
export async function connectOlder(transport: Transport, person?: Person): Promise<Connected> {
  const client = new OlderClient(INFO, person && ABLE);
  if (person) {
    client.setRequestHandler(ElicitRequestSchema, ({ params }) => ({
      action: 'accept',
      content: person(params.message),
    }));
  }
  await client.connect(transport);
  return {
    tools: async () => (await client.listTools()).tools,
    call: async (name: string, args: JsonObject) =>
      answerOf(await client.callTool({ name, arguments: args })),
    listen: async (name, onprogress) =>
      void (await client.callTool({ name, arguments: {} }, undefined, { onprogress })),
    close: () => client.close(),
  };
}

export const officialClients: RealClient[] = [
  officialClient('2026-07-28'),
  officialClient('2025-11-25'),
  {
    name: `the official client ${versionOf('@modelcontextprotocol/sdk')}`,
    protocol: '2025-11-25',
    can: { progress: true, elicitation: true },
    connect: (at, person) =>
      connectOlder(
        new OlderTransport(new URL(at.url), { requestInit: requestInit(at) }) as Transport,
        person,
      ),
  },
];
