import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registryEntry, serverCard } from '#lib/operations/server-card.ts';
import { updateProject } from '#lib/operations/update-project.ts';
import { startTestServer, type TestProject, type TestServer } from './support/gateway.ts';
import { send } from './support/wire.ts';
import { echo } from './support/workflows.ts';

let server: TestServer;
let open: TestProject;
let shop: TestProject;

beforeAll(async () => {
  server = await startTestServer({ PUBLIC_URL: 'https://tools.example.com' });
  open = await server.project('open', { access: 'public', workflows: [echo] });
  shop = await server.project('shop', { workflows: [echo] });
  await updateProject(server.app, server.owner, 'open', {
    name: 'Open tools',
    instructions: 'Answers questions about orders. Ask for the number first.',
  });
});
afterAll(() => server.close());

const headers = { Host: 'tools.example.com' };
const get = (url: string, more: Record<string, string> = {}) =>
  send(`${url}/server-card`, { method: 'GET', headers: { ...headers, ...more } });

describe('the server card', () => {
  it('of a public project tells everybody where it is', async () => {
    const answer = await get(open.url, { Origin: 'https://directory.example' });

    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/mcp-server-card+json',
      'access-control-allow-origin': '*',
      'cache-control': 'public, max-age=3600',
    });
    expect(JSON.parse(answer.text)).toEqual({
      $schema: 'https://static.modelcontextprotocol.io/schemas/v1/server-card.schema.json',
      name: 'com.example.tools/open',
      title: 'Open tools',
      description: 'Answers questions about orders.',
      version: '1.0.0',
      remotes: [
        {
          type: 'streamable-http',
          url: 'https://tools.example.com/mcp/open',
          supportedProtocolVersions: ['2026-07-28', '2025-11-25', '2025-06-18', '2025-03-26'],
        },
      ],
    });
    const again = await get(open.url, { 'If-None-Match': String(answer.headers['etag']) });
    expect([again.status, again.text]).toEqual([304, '']);
  });

  it('of a project with keys is for who has one, and says what to send', async () => {
    const strangers = await Promise.all([get(shop.url), get(`${server.url}/mcp/nowhere`)]);
    expect(strangers.map(({ status }) => status)).toEqual([401, 401]);
    expect(strangers[0]?.text).toBe(strangers[1]?.text);

    const answer = await get(shop.url, { Authorization: `Bearer ${shop.key}` });
    expect(answer.status).toBe(200);
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    expect(answer.headers['cache-control']).toBe('private, max-age=3600');
    expect(JSON.parse(answer.text).remotes[0].headers).toEqual([
      {
        name: 'Authorization',
        description: 'Bearer, and an API key of this server',
        isRequired: true,
        isSecret: true,
      },
    ]);
  });
});

describe('what registries take', () => {
  const project = {
    slug: 'shop',
    name: 'Shop',
    icon: '',
    instructions: '',
    access: 'key',
    release: 7,
  } as const;

  it('asks for the key in place of holding it', () => {
    const entry = JSON.parse(JSON.stringify(registryEntry(project, 'https://tools.example.com')));
    expect(entry).toMatchObject({
      name: 'com.example.tools/shop',
      version: '7.0.0',
      description: 'Tools of Shop',
    });
    expect(entry.remotes[0].headers[0]).toMatchObject({ value: 'Bearer {api_key}', isSecret: true });
  });

  it('is short, and has a name also where the address has none', () => {
    const long = { ...project, instructions: 'word '.repeat(100) };
    const { name, description } = serverCard(long, 'http://127.0.0.1:3000');
    expect(name).toBe('local.patchbay/shop');
    expect(String(description).length).toBeLessThanOrEqual(100);
  });
});
