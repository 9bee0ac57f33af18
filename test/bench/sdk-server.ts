import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NodeStreamableHTTPServerTransport, toNodeHandler } from '@modelcontextprotocol/node';
import {
  type CallToolResult,
  createMcpHandler,
  fromJsonSchema,
  McpServer,
} from '@modelcontextprotocol/server';
import { listenAndTell } from './contender.ts';
import { MANY, manyName, type recordOf, schemasOf, summarise, type WorkloadName } from './workloads.ts';

/**
 * The same tools with the same schemas, written by hand with the official SDK as its documentation has it: no
 * authentication, no record of what ran, user code in the process itself. Schemas are compiled once: the fast way.
 * `/` serves both eras without sessions, `/session` serves sessions of 2025, `/many` has a long list of tools.
 */
const upstream = process.argv[2];

function compiled<Args>(name: WorkloadName) {
  const { input, output } = schemasOf(name);
  return { inputSchema: fromJsonSchema<Args>(input), outputSchema: fromJsonSchema<object>(output) };
}
const echo = compiled<{ text: string; n: number }>('echo');
const js = compiled<{ items: Parameters<typeof summarise>[0] }>('js');
const http = compiled<{ id: number }>('http');

function answer(value: object): CallToolResult {
  return { content: [{ type: 'text', text: JSON.stringify(value) }], structuredContent: { ...value } };
}

const echoed = async ({ text, n }: { text: string; n: number }): Promise<CallToolResult> => ({
  content: [{ type: 'text', text }],
  structuredContent: { text, n },
});

function makeServer(): McpServer {
  const server = new McpServer({ name: 'bench', version: '1' });
  server.registerTool('echo', { description: 'Echo', ...echo }, echoed);
  server.registerTool('js', { description: 'Summarise', ...js }, async ({ items }) =>
    answer(summarise(items)),
  );
  server.registerTool('http', { description: 'Look up', ...http }, async ({ id }) => {
    const response = await fetch(`${upstream}/${id}`);
    const record = (await response.json()) as ReturnType<typeof recordOf>;
    return answer({ id: record.id, name: record.name, city: record.city });
  });
  return server;
}

function makeMany(): McpServer {
  const server = new McpServer({ name: 'many', version: '1' });
  for (let n = 0; n < MANY; n++) {
    server.registerTool(manyName(n), { title: 'Echo', description: 'Echo', ...echo }, echoed);
  }
  return server;
}

const stateless = toNodeHandler(createMcpHandler(makeServer));
const many = toNodeHandler(createMcpHandler(makeMany));
const sessions = new Map<string, NodeStreamableHTTPServerTransport>();

async function newSession(): Promise<NodeStreamableHTTPServerTransport> {
  const transport = new NodeStreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    enableJsonResponse: true,
    onsessioninitialized: (id) => {
      sessions.set(id, transport);
    },
  });
  await makeServer().connect(transport);
  return transport;
}

const server = createServer(async (request, response) => {
  if (request.url === '/many') return many(request, response);
  if (request.url !== '/session') return stateless(request, response);
  const known = sessions.get(String(request.headers['mcp-session-id']));
  await (known ?? (await newSession())).handleRequest(request, response);
});
listenAndTell(server, () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
