import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NodeStreamableHTTPServerTransport, toNodeHandler } from '@modelcontextprotocol/node';
import {
  completable,
  createMcpHandler,
  fromJsonSchema,
  McpServer,
  ResourceTemplate,
} from '@modelcontextprotocol/server';
import * as z from 'zod';
import type { JsonObject } from '#lib/workflow/json.ts';

/** A tool that both servers have: its schema, and what it answers with. */
export interface TwinTool {
  name: string;
  schema: JsonObject;
  /** The text it answers with; throws when it fails. */
  run(args: JsonObject): string;
}

export interface SdkServer {
  /** Both eras, without sessions. */
  url: string;
  /** 2025, with sessions. */
  sessionUrl: string;
  close(): void;
}

/** The official SDK's own server, as its documentation has it, with these tools, one prompt and two resources. */
export async function startSdkServer(tools: readonly TwinTool[]): Promise<SdkServer> {
  const make = (): McpServer => {
    const server = new McpServer({ name: 'twin', version: '1' }, { capabilities: { logging: {} } });
    for (const { name, schema, run } of tools) {
      const about = { title: name, description: `The test tool ${name}.` };
      server.registerTool(
        name,
        { ...about, inputSchema: fromJsonSchema<JsonObject>(schema) },
        async (args) => ({
          content: [{ type: 'text', text: run(args) }],
        }),
      );
    }
    server.registerPrompt(
      'travel',
      {
        title: 'travel',
        description: 'The test prompt travel.',
        argsSchema: z.object({
          city: completable(z.string(), (typed) =>
            ['Paris', 'Perth'].filter((city) => city.toLowerCase().startsWith(typed.toLowerCase())),
          ),
        }),
      },
      ({ city }) => ({
        description: 'The test prompt travel.',
        messages: [{ role: 'user', content: { type: 'text', text: `Go to ${city}.` } }],
      }),
    );
    const about = (name: string) => ({
      title: name,
      description: `The test resource ${name}.`,
      mimeType: 'text/plain',
    });
    server.registerResource('rules', 'house://rules', about('rules'), async (uri) => ({
      contents: [{ uri: uri.href, mimeType: 'text/plain', text: 'Be kind.' }],
    }));
    server.registerResource(
      'order',
      new ResourceTemplate('orders://{id}', { list: undefined }),
      about('order'),
      async (uri, { id }) => ({ contents: [{ uri: uri.href, mimeType: 'text/plain', text: `order ${id}` }] }),
    );
    return server;
  };

  const stateless = toNodeHandler(createMcpHandler(make));
  const sessions = new Map<string, NodeStreamableHTTPServerTransport>();
  const server = createServer(async (request, response) => {
    if (request.url !== '/session') return stateless(request, response);
    // As the documentation has it: each session has a transport of its own, which begins with the first request.
    const given = request.headers['mcp-session-id'];
    const known = sessions.get(String(given));
    if (known) return known.handleRequest(request, response);
    if (given === undefined) {
      const transport = new NodeStreamableHTTPServerTransport({
        sessionIdGenerator: randomUUID,
        enableJsonResponse: true,
        onsessioninitialized: (id) => void sessions.set(id, transport),
      });
      await make().connect(transport);
      return transport.handleRequest(request, response);
    }
    response.writeHead(404, { 'content-type': 'application/json' });
    const error = { code: -32_001, message: 'Session not found' };
    response.end(JSON.stringify({ jsonrpc: '2.0', id: null, error }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `${url}/`,
    sessionUrl: `${url}/session`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
