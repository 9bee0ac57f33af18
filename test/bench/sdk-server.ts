import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toNodeHandler } from '@modelcontextprotocol/node';
import {
  type CallToolResult,
  createMcpHandler,
  fromJsonSchema,
  McpServer,
} from '@modelcontextprotocol/server';
import { listenAndTell } from './contender.ts';
import { type recordOf, schemasOf, summarise, type WorkloadName } from './workloads.ts';

/**
 * The same three tools with the same schemas, written by hand with the official SDK as its documentation has it: no
 * authentication, no record of what ran, user code in the process itself. Schemas are compiled once: the fast way.
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

function makeServer(): McpServer {
  const server = new McpServer({ name: 'bench', version: '1' });
  server.registerTool('echo', { description: 'Echo', ...echo }, async ({ text, n }) => ({
    content: [{ type: 'text', text }],
    structuredContent: { text, n },
  }));
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

const server = createServer(toNodeHandler(createMcpHandler(makeServer)));
listenAndTell(server, () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
