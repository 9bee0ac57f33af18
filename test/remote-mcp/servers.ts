import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { Server as OlderServer } from '@modelcontextprotocol/sdk/server/index.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { type CallToolResult, createMcpHandler, Server, type Tool } from '@modelcontextprotocol/server';
import { serve } from '../egress/local-server.ts';

/** Two revisions of the protocol, each spoken by a server that knows no other. */
export const ERAS = ['2026-07-28', '2025-11-25'] as const;
export type Era = (typeof ERAS)[number];

/** What a tool of the test server can do beside answering. */
interface Call {
  args: Record<string, unknown>;
  /** Tells progress, so that the answer becomes a stream. */
  progress(done: number): Promise<void>;
  /** Asks the person at the client. */
  ask(message: string): Promise<CallToolResult>;
  signal: AbortSignal;
}

export interface TestTool extends Omit<Tool, 'inputSchema'> {
  inputSchema?: Tool['inputSchema'];
  run(call: Call): CallToolResult | Promise<CallToolResult>;
}

export interface TestMcpServer {
  url: string;
  /** Requests in order, as `method` of JSON-RPC or `GET`, `DELETE` of HTTP. */
  requests: { method: string; authorization: string | undefined; session: string | undefined }[];
  /** What is offered from now on. */
  tools: TestTool[];
}

/** A real MCP server on a loopback address, for one test. The revision of 2025 keeps sessions and answers in streams; that of 2026 does with `stream`. */
export async function mcpServer(
  era: Era,
  tools: TestTool[],
  options: { stream?: boolean } = {},
): Promise<TestMcpServer> {
  const state: TestMcpServer = { url: '', requests: [], tools };
  const listener = era === '2026-07-28' ? modern(state, options.stream ?? false) : withSessions(state);
  state.url = `${await serve((request, response) => void noted(state, request, response, listener))}/mcp`;
  return state;
}

type Listener = (request: IncomingMessage, response: ServerResponse, body: unknown) => Promise<void>;

async function noted(
  state: TestMcpServer,
  request: IncomingMessage,
  response: ServerResponse,
  next: Listener,
) {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  const body = text === '' ? undefined : (JSON.parse(text) as { method?: string });
  state.requests.push({
    method: body?.method ?? request.method ?? '',
    authorization: request.headers.authorization,
    session: request.headers['mcp-session-id'] as string | undefined,
  });
  await next(request, response, body);
}

const listed = ({ tools }: TestMcpServer) =>
  tools.map(({ run: _, inputSchema = { type: 'object' as const }, ...tool }) => ({ ...tool, inputSchema }));

function toolOf({ tools }: TestMcpServer, name: string): TestTool {
  const tool = tools.find((one) => one.name === name);
  if (!tool) throw new Error(`there is no tool ${name}`);
  return tool;
}

function modern(state: TestMcpServer, stream: boolean): Listener {
  const handler = createMcpHandler(
    () => {
      const server = new Server(
        { name: 'remote', title: 'Remote', version: '3' },
        { capabilities: { tools: {} } },
      );
      server.setRequestHandler('tools/list', () => ({ tools: listed(state) }));
      server.setRequestHandler('tools/call', async ({ params }, ctx) =>
        toolOf(state, params.name).run({
          args: params.arguments ?? {},
          signal: ctx.mcpReq.signal,
          progress: (done) =>
            ctx.mcpReq.notify({
              method: 'notifications/progress',
              params: { progressToken: 1, progress: done },
            }),
          ask: async (message) =>
            ({
              resultType: 'input_required',
              inputRequests: {
                name: {
                  method: 'elicitation/create',
                  params: { message, requestedSchema: { type: 'object', properties: {} } },
                },
              },
            }) as unknown as CallToolResult,
        }),
      );
      return server;
    },
    { legacy: 'reject', responseMode: stream ? 'sse' : 'auto' },
  );
  const handle = toNodeHandler(handler);
  return async (request, response, body) => {
    await handle(request, response, body);
  };
}

function withSessions(state: TestMcpServer): Listener {
  const sessions = new Map<string, StreamableHTTPServerTransport>();
  return async (request, response, body) => {
    const known = sessions.get(String(request.headers['mcp-session-id']));
    if (known) return await known.handleRequest(request, response, body);
    if ((body as { method?: string } | undefined)?.method !== 'initialize') {
      response.writeHead(400, { 'content-type': 'application/json' });
      const error = { code: -32000, message: 'Bad Request: No valid session ID provided' };
      response.end(JSON.stringify({ jsonrpc: '2.0', id: null, error }));
      return;
    }
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => void sessions.set(id, transport),
      onsessionclosed: (id) => void sessions.delete(id),
    });
    const server = new OlderServer(
      { name: 'remote', title: 'Remote', version: '3' },
      { capabilities: { tools: {} } },
    );
    server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: listed(state) as never }));
    server.setRequestHandler(CallToolRequestSchema, async ({ params }, extra) => {
      const result = await toolOf(state, params.name).run({
        args: params.arguments ?? {},
        signal: extra.signal,
        progress: (done) =>
          extra.sendNotification({
            method: 'notifications/progress',
            params: { progressToken: 1, progress: done },
          }),
        ask: async (message) => {
          try {
            const requestedSchema = { type: 'object' as const, properties: {} };
            await server.elicitInput({ message, requestedSchema });
            return { content: [{ type: 'text', text: 'asked' }] };
          } catch (error) {
            return {
              content: [{ type: 'text', text: `could not ask: ${(error as Error).message}` }],
              isError: true,
            };
          }
        },
      });
      return result as never;
    });
    await server.connect(transport);
    await transport.handleRequest(request, response, body);
  };
}
