import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import * as z from 'zod';
import { listenAndTell } from './contender.ts';

/** `echo` with sessions, written by hand with the first generation of the official SDK, a server for each session. */
const sessions = new Map<string, StreamableHTTPServerTransport>();

async function newSession(): Promise<StreamableHTTPServerTransport> {
  const server = new McpServer({ name: 'bench', version: '1' });
  const shape = { text: z.string().max(1000), n: z.int() };
  server.registerTool(
    'echo',
    { description: 'Echo', inputSchema: shape, outputSchema: shape },
    ({ text, n }) => ({ content: [{ type: 'text', text }], structuredContent: { text, n } }),
  );
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    enableJsonResponse: true,
    onsessioninitialized: (id) => {
      sessions.set(id, transport);
    },
  });
  await server.connect(transport as Parameters<typeof server.connect>[0]);
  return transport;
}

const server = createServer(async (request, response) => {
  const known = sessions.get(String(request.headers['mcp-session-id']));
  await (known ?? (await newSession())).handleRequest(request, response);
});
listenAndTell(server, () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
