import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type McpCall, mcpCurl, mcpRequest } from '#app/runs/mcp-request.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { createDraft } from './documents.ts';
import { projectWith, startTestServer, type TestServer } from './server.ts';

const run = promisify(execFile);

let server: TestServer;
let key: string;
const schema = {
  type: 'object',
  properties: {
    text: { type: 'string' },
    region: { type: 'string', 'x-mcp-header': 'Region' },
  },
  required: ['text'],
};

beforeAll(async () => {
  server = await startTestServer();
  const document = createDraft('echo');
  const [start] = document['nodes'] as [{ config: JsonObject }];
  start.config['schema'] = schema;
  await projectWith(server.owner, 'copied', { document });
  key = (await server.owner.post('/projects/copied/keys', { name: 'k' })).body.secret;
});
afterAll(() => server.close());

const callWith = (args: JsonObject, changes: Partial<McpCall> = {}): McpCall => ({
  url: `${server.url}/mcp/copied`,
  access: 'key',
  kind: 'tool',
  name: 'echo',
  args,
  schema,
  ...changes,
});

/** What a shell makes of the command, sent by the real curl. */
async function sent(command: string): Promise<{ result?: { content: { text: string }[] }; error?: unknown }> {
  const { stdout } = await run('sh', ['-c', `${command} --silent --max-time 10`]);
  return JSON.parse(/^data: (.*)$/m.exec(stdout)?.[1] ?? stdout);
}

describe('a call copied as curl', () => {
  it.each([
    'plain',
    `it's "quoted" \\ and \\n`,
    '$HOME `id` $(id) ${PATH} !! & ; | > /dev/null',
    'two\nlines\tand a tab',
    "'; echo injected; '",
    '@/etc/passwd',
    'größe 漢字 🦒',
    '',
  ])('arrives as it was, through a shell: %j', async (text) => {
    const command = mcpCurl(callWith({ text })).replace('YOUR_API_KEY', key);
    expect((await sent(command)).result?.content).toMatchObject([{ type: 'text', text }]);
  });

  it('repeats in headers what the schema wants there', async () => {
    const command = mcpCurl(callWith({ text: 'x', region: 'süd ' })).replace('YOUR_API_KEY', key);
    expect(command).toContain('Mcp-Param-Region: =?base64?');
    expect((await sent(command)).result?.content).toMatchObject([{ text: 'x' }]);
    const without = command.replace(/\n.*Mcp-Param.*/, '');
    expect((await sent(without)).error).toMatchObject({ code: -32020 });
  });

  it('holds no key, and none is asked for where none is needed', () => {
    const asked = mcpCurl(callWith({ text: 'x' }));
    expect(asked).toContain("-H 'Authorization: Bearer YOUR_API_KEY'");
    expect(mcpCurl(callWith({ text: 'x' }, { access: 'public' }))).not.toContain('Authorization');
  });

  it('can be had as a message alone, also of a prompt', () => {
    expect(mcpRequest(callWith({ topic: 'x' }, { kind: 'prompt', name: 'ask' }))).toMatchObject({
      method: 'prompts/get',
      params: { name: 'ask', arguments: { topic: 'x' } },
    });
  });
});
