import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '#lib/workflow/json.ts';
import { ERAS, mcpServer } from '../remote-mcp/servers.ts';
import { withStep } from './documents.ts';
import { eventually, mcp, startTestServer, type TestServer } from './server.ts';

const TOKEN = 'canary/4f+9 "Z"~tok';
const PASSWORD = 'canary-pa55/word';

let server: TestServer;
let upstream: Server;
let origin: string;
/** Another server, which no connection is for: the headers and addresses that it was asked with. */
let stranger: Server;
const told: string[] = [];
/** The credentials that the upstream was sent. */
const seen: string[] = [];

/** Says back what it was sent, in every way it can: in the body, in headers, and in errors. */
function echo(request: IncomingMessage): { status: number; headers: Record<string, string>; body: string } {
  const url = new URL(request.url!, origin);
  const sent =
    request.headers.authorization ?? request.headers['x-key']?.toString() ?? url.searchParams.get('key');
  seen.push(sent ?? '');
  const secret = sent ?? 'nothing';
  const encoded = Buffer.from(secret, 'latin1');
  return {
    status: url.pathname === '/fails' ? 500 : 200,
    headers: {
      'content-type': url.pathname === '/text' ? 'text/plain' : 'application/json',
      'x-echo': encodeURIComponent(secret),
      'x-echo-plain': secret,
      ...(url.pathname === '/elsewhere' && { location: `${addressOf(stranger)}/taken` }),
      ...(url.pathname === '/away' && { location: `/text?again=${encodeURIComponent(secret)}` }),
    },
    body: JSON.stringify({
      marker: 'it answered',
      plain: secret,
      parts: secret.split(' '),
      url: encodeURIComponent(secret),
      base64: [0, 1, 2].map((pad) => Buffer.concat([Buffer.alloc(pad, 'x'), encoded]).toString('base64')),
      base64url: [0, 1, 2].map((pad) =>
        Buffer.concat([Buffer.alloc(pad, 'x'), encoded]).toString('base64url'),
      ),
      nested: JSON.stringify({ [secret]: secret }),
    }),
  };
}

/** Everything a leak may look like; of the token also without its scheme. */
function leaks(text: string): string[] {
  const forms = [TOKEN, PASSWORD].flatMap((secret) => {
    const bytes = Buffer.from(secret);
    // What is the secret's alone, in each of the three alignments.
    const base64 = [0, 1, 2].map((pad) =>
      Buffer.concat([Buffer.alloc(pad), bytes])
        .toString('base64')
        .slice(pad === 0 ? 0 : pad + 1, Math.floor(((pad + bytes.length) * 8) / 6)),
    );
    return [
      secret,
      JSON.stringify(secret).slice(1, -1),
      JSON.stringify(JSON.stringify(secret)).slice(3, -3),
      encodeURIComponent(secret),
      ...base64,
      ...base64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_')),
    ];
  });
  return forms.filter((form) => text.includes(form));
}

const addressOf = (one: Server): string => `http://127.0.0.1:${(one.address() as AddressInfo).port}`;

beforeAll(async () => {
  stranger = createServer((request, response) => {
    told.push(`${request.url} ${JSON.stringify(request.headers)}`);
    response.writeHead(200, { 'content-type': 'text/plain' }).end('from elsewhere');
  });
  await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
  upstream = createServer((request, response) => {
    const { status, headers, body } = echo(request);
    response.writeHead(headers['location'] ? 302 : status, headers).end(body);
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  origin = addressOf(upstream);
  server = await startTestServer();
  await server.owner.post('/projects', { name: 'shop', slug: 'shop' });
});
afterAll(async () => {
  await server.close();
  upstream.close();
  stranger.close();
});

async function connect(name: string, type: string, secret: JsonObject): Promise<string> {
  const hosts = [new URL(origin).host];
  const { body } = await server.owner.post('/projects/shop/connections', { name, type, hosts, secret });
  return body.id;
}

/** Publishes a tool with this one step, and calls it. */
async function call(
  name: string,
  kind: string,
  config: JsonObject,
  text = 'hi',
): Promise<{ said: string; workflow: string; runId: string }> {
  const document = { ...withStep(kind, config), name };
  const { body: made } = await server.owner.post('/projects/shop/workflows', { name, document });
  const published = await server.owner.post(`/projects/shop/workflows/${made.id}/publish`, {
    revision: made.revision,
  });
  expect(published, JSON.stringify(published.body)).toMatchObject({ status: 200 });
  const { body: key } = await server.owner.post('/projects/shop/keys', { name });
  const answer = await mcp(server.url, 'shop', 'tools/call', { name, arguments: { text } }, key.secret);
  const { items } = await eventually(async () => {
    await server.app.recorder.flush();
    const { body } = await server.owner.get(`/projects/shop/runs?workflow=${made.id}`);
    return body.items?.length > 0 && body;
  });
  return { said: JSON.stringify(answer.body), workflow: made.id, runId: items[0].id };
}

/** All that is left of a run: its record, its recording, and the tables as they lie there. */
async function leftOf({ runId, workflow }: { runId: string; workflow: string }): Promise<string> {
  const { prisma } = server.app.db;
  return [
    JSON.stringify((await server.owner.get(`/projects/shop/runs/${runId}`)).body),
    JSON.stringify((await server.owner.get(`/projects/shop/workflows/${workflow}`)).body),
    JSON.stringify((await server.owner.get('/projects/shop/connections')).body),
    JSON.stringify(await prisma.run.findMany({ where: { id: runId } }), (_, value) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
    ),
    JSON.stringify(await prisma.auditEvent.findMany()),
  ].join('\n');
}

describe('a secret that an upstream says back', () => {
  it.each([
    ['bearer', { token: TOKEN }, `Bearer ${TOKEN}`],
    ['basic', { username: 'ada', password: PASSWORD }, Buffer.from(`ada:${PASSWORD}`).toString('base64')],
    ['header', { header: 'X-Key', value: TOKEN }, TOKEN],
    ['query', { parameter: 'key', value: TOKEN }, TOKEN],
  ] as const)('of type %s shows nowhere', async (type, secret, sent) => {
    const connection = await connect(type, type, secret);
    const paths = type === 'bearer' ? ['json', 'text', 'away', 'fails'] : ['json'];
    for (const path of paths) {
      seen.length = 0;
      const run = await call(`${type}_${path}`, 'http', { url: `${origin}/${path}`, connection });
      // It was sent, and what came back arrived (positive control).
      expect(seen.join('\n')).toContain(sent);
      expect(run.said).toContain(path === 'fails' ? '500' : 'it answered');
      expect({ path, leaks: leaks(run.said) }).toEqual({ path, leaks: [] });
      expect({ path, left: leaks(await leftOf(run)) }).toEqual({ path, left: [] });
    }
  });

  it.each([
    ['header', { header: 'X-Key', value: TOKEN }],
    ['query', { parameter: 'key', value: TOKEN }],
  ] as const)('of type %s is not sent along to where the upstream redirects', async (type, secret) => {
    const connection = await connect(`${type} elsewhere`, type, secret);
    seen.length = 0;
    told.length = 0;
    const run = await call(`${type}_elsewhere`, 'http', { url: `${origin}/elsewhere`, connection });
    // It was sent to its own host, and the other one was asked (positive control).
    expect(seen).toEqual([TOKEN]);
    expect(run.said).toContain('from elsewhere');
    expect(told).toHaveLength(1);
    expect(leaks(told.join())).toEqual([]);
    expect(told.join()).not.toContain('x-key');
  });

  it('would be noticed if it did (positive control)', async () => {
    const { said, ...run } = await call(
      'plain',
      'http',
      {
        url: `${origin}/json`,
        headers: { 'X-Key': '{{ input.text }}' },
      },
      TOKEN,
    );
    expect(leaks(said)).not.toEqual([]);
    expect(leaks(await leftOf(run))).toContain(JSON.stringify(TOKEN).slice(1, -1));
  });

  it('does not show in what the caller said before either', async () => {
    const connection = await connect('typed', 'bearer', { token: TOKEN });
    const config = {
      url: `${origin}/json`,
      connection,
      headers: { 'X-Said': '{{ input.text }}' },
    };
    const run = await call('typed', 'http', config, TOKEN);
    expect(leaks(await leftOf(run))).toEqual([]);
  });

  it.each(ERAS)('shows nowhere where a tool of another server (%s) says it', async (era) => {
    const tool = `leaky_${era.replaceAll('-', '_')}`;
    const remote = await mcpServer(era, [
      {
        name: 'leak',
        description: 'Says what it was sent.',
        run: () => ({
          content: [{ type: 'text', text: `it answered ${remote.requests.at(-1)?.authorization}` }],
        }),
      },
    ]);
    const hosts = [new URL(remote.url).host];
    const { body } = await server.owner.post('/projects/shop/connections', {
      name: tool,
      type: 'bearer',
      hosts,
      secret: { token: PASSWORD },
    });
    const listed = await server.owner.post('/projects/shop/mcp-tools', {
      url: remote.url,
      connection: body.id,
    });
    const { definition, hash } = listed.body.tools[0];
    const run = await call(tool, 'mcp-tool', {
      url: remote.url,
      connection: body.id,
      tool: { name: definition.name, hash, definition },
    });
    expect(run.said).toContain('it answered Bearer [redacted]');
    expect(leaks(run.said + (await leftOf(run)))).toEqual([]);
  });
});
