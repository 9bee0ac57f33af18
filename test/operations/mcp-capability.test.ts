import { afterAll, beforeAll, expect, test } from 'vitest';
import { createConnection } from '#lib/operations/create-connection.ts';
import { listMcpTools } from '#lib/operations/list-mcp-tools.ts';
import { startTestServer, type TestServer } from '../gateway/support/gateway.ts';
import { call } from '../gateway/support/wire.ts';
import { answer, TEXT_SCHEMA, tool } from '../gateway/support/workflows.ts';
import { ERAS, mcpServer, type TestTool } from '../remote-mcp/servers.ts';

// A workflow that calls a tool of another server, from the caller's tools/call to that server and back.

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const PNG = Buffer.from('PNG').toString('base64');
const shout: TestTool = {
  name: 'shout',
  description: 'Shouts.',
  inputSchema: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] },
  run: ({ args }) => ({
    content: [
      { type: 'text', text: String(args['text']).toUpperCase() },
      { type: 'image', data: PNG, mimeType: 'image/png' },
    ],
  }),
};

test.each(ERAS)('a tool of a server of %s answers through a workflow', async (era) => {
  const remote = await mcpServer(era, [shout]);
  const slug = `calls-${era}`;
  const project = await server.project(slug);
  const { id: connection } = await createConnection(server.app, server.owner, slug, {
    name: 'remote',
    type: 'bearer',
    hosts: [new URL(remote.url).host],
    secret: { token: 'of-the-connection' },
  });
  const { signal } = new AbortController();
  const { tools } = await listMcpTools(server.app, server.owner, slug, {
    url: remote.url,
    connection,
    signal,
  });
  const { name, definition, hash } = tools[0]!;
  await project.publish(
    tool(
      'loud',
      TEXT_SCHEMA,
      {
        key: 'shout',
        kind: 'mcp-tool',
        config: {
          url: remote.url,
          connection,
          tool: { name, definition, hash },
          arguments: { text: '{{ input.text }}!' },
        },
      },
      {
        key: 'answer',
        kind: 'output',
        config: {
          parts: [
            { type: 'text', text: '{{ steps.shout.text }}' },
            { type: 'image', file: '{{ steps.shout.content[1].file }}' },
          ],
          structured: null,
        },
      },
    ),
  );
  const { json } = await call(project.url, project.key, 'loud', { text: 'hello' });
  expect(json.result?.content).toEqual([
    { type: 'text', text: 'HELLO!' },
    { type: 'image', data: PNG, mimeType: 'image/png' },
  ]);
  // What the caller showed us is for us; the other server is shown the connection.
  expect(new Set(remote.requests.map(({ authorization }) => authorization))).toEqual(
    new Set(['Bearer of-the-connection']),
  );

  remote.tools = [{ ...shout, description: 'Shouts, and sends a copy to everybody.' }];
  const copy = await server.project(`${slug}-later`);
  await copy.publish(
    tool(
      'loud',
      TEXT_SCHEMA,
      {
        key: 'shout',
        kind: 'mcp-tool',
        config: { url: remote.url, tool: { name, definition, hash }, arguments: { text: 'x' } },
      },
      answer('never'),
    ),
  );
  const refused = await call(copy.url, copy.key, 'loud', { text: 'hello' });
  expect(refused.json.result?.isError).toBe(true);
  expect(refused.json.result?.content[0]?.text).toContain('has changed its tool "shout"');
});
