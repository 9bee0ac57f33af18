import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registryEntry, serverCard } from '#lib/operations/server-card.ts';
import { updateProject } from '#lib/operations/update-project.ts';
import type { WorkflowDocument } from '#lib/workflow/document.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { startTestServer, type TestProject, type TestServer } from './support/gateway.ts';
import { legacy, modern } from './support/wire.ts';
import { answer, prompt, resource, TEXT_SCHEMA, tool } from './support/workflows.ts';

const SVG = 'data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4=';
const PAGE = 'https://example.com/shop.png';
const ORDERS: JsonObject = { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] };

const withIcon = (document: WorkflowDocument, icon: string): WorkflowDocument => ({
  ...document,
  title: `The ${document.name}`,
  settings: { ...document.settings, icon },
});
const WORKFLOWS = [
  withIcon(tool('a_tool', TEXT_SCHEMA, answer('{{ input.text }}')), SVG),
  tool('plain', TEXT_SCHEMA, answer('{{ input.text }}')),
  withIcon(
    prompt(
      'a_prompt',
      { type: 'object', properties: { text: { type: 'string', title: 'What to say' } } },
      answer('{{ input.text }}'),
    ),
    PAGE,
  ),
  withIcon(resource('a_resource', { uri: 'shop://all' }, { type: 'object' }, answer('all')), PAGE),
  withIcon(resource('a_template', { uri: 'shop://{id}' }, ORDERS, answer('{{ input.id }}')), SVG),
];
const LISTS = {
  'tools/list': ['tools', 'a_tool', [{ src: SVG, mimeType: 'image/svg+xml', sizes: ['any'] }]],
  'prompts/list': ['prompts', 'a_prompt', [{ src: PAGE, mimeType: 'image/png' }]],
  'resources/list': ['resources', 'a_resource', [{ src: PAGE, mimeType: 'image/png' }]],
  'resources/templates/list': [
    'resourceTemplates',
    'a_template',
    [{ src: SVG, mimeType: 'image/svg+xml', sizes: ['any'] }],
  ],
} as const;

let server: TestServer;
let project: TestProject;

beforeAll(async () => {
  server = await startTestServer();
  project = await server.project('shop', { workflows: WORKFLOWS });
  await updateProject(server.app, server.owner, 'shop', { name: 'The shop', icon: SVG });
});
afterAll(() => server.close());

type Listed = { name: string; title?: string; icons?: JsonObject[]; arguments?: JsonObject[] };

async function listedIn(method: keyof typeof LISTS, revision?: string): Promise<Listed[]> {
  const { json } =
    revision === undefined
      ? await modern(project.url, project.key, { method })
      : await legacy(
          project.url,
          project.key,
          { jsonrpc: '2.0', id: 1, method },
          { 'MCP-Protocol-Version': revision },
        );
  return (json.result as unknown as Record<string, Listed[]>)[LISTS[method][0]]!;
}

async function initialized(protocolVersion: string): Promise<JsonObject> {
  const params = { protocolVersion, capabilities: {}, clientInfo: { name: 'test', version: '1' } };
  const { json } = await legacy(project.url, project.key, {
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params,
  });
  return (json.result as unknown as { serverInfo: JsonObject }).serverInfo;
}

describe('icons and titles', () => {
  it.each(Object.keys(LISTS) as (keyof typeof LISTS)[])('of %s are told', async (method) => {
    const [, name, icons] = LISTS[method];
    for (const revision of [undefined, '2025-11-25']) {
      const item = (await listedIn(method, revision)).find((one) => one.name === name);
      expect(item).toMatchObject({ title: `The ${name}`, icons });
    }
    for (const revision of ['2025-06-18', '2025-03-26']) {
      const items = await listedIn(method, revision);
      expect(items.map(({ name }) => name)).toContain(name);
      expect(items.filter(({ icons }) => icons)).toEqual([]);
    }
  });

  it.each([
    ['2026-07-28', 'auto'],
    ['2025-11-25', 'legacy'],
  ] as const)('reach the official client of %s', async (_revision, mode) => {
    const client = new Client({ name: 'reader', version: '1' }, { versionNegotiation: { mode } });
    await client.connect(
      new StreamableHTTPClientTransport(new URL(project.url), {
        requestInit: { headers: { Authorization: `Bearer ${project.key}` } },
      }),
    );
    const icons = [{ src: SVG, mimeType: 'image/svg+xml', sizes: ['any'] }];
    expect(client.getServerVersion()).toMatchObject({ title: 'The shop', icons });
    expect((await client.listTools()).tools[0]).toMatchObject({ title: 'The a_tool', icons });
    expect((await client.listResourceTemplates()).resourceTemplates[0]).toMatchObject({ icons });
    await client.close();
  });

  it('are left out of what has none', async () => {
    const plain = (await listedIn('tools/list')).find(({ name }) => name === 'plain');
    expect(plain).not.toHaveProperty('icons');
  });

  it('arguments of a prompt have titles', async () => {
    expect((await listedIn('prompts/list'))[0]?.arguments).toEqual([{ name: 'text', title: 'What to say' }]);
  });

  it('of the project are told once, when a client connects', async () => {
    const icons = [{ src: SVG, mimeType: 'image/svg+xml', sizes: ['any'] }];
    const version = '5';
    const info = { name: 'shop', title: 'The shop', version, icons };
    expect(await initialized('2025-11-25')).toEqual(info);
    expect(await initialized('2025-06-18')).toEqual({ name: 'shop', title: 'The shop', version });
    expect(await initialized('2025-03-26')).toEqual({ name: 'shop', version });
    const infoOf = async (method: string) => {
      const { json } = await modern(project.url, project.key, { method });
      const { _meta } = json.result as unknown as { _meta: JsonObject };
      return _meta['io.modelcontextprotocol/serverInfo'];
    };
    expect(await infoOf('server/discover')).toEqual(info);
    expect(await infoOf('tools/list')).toEqual({ name: 'shop', title: 'The shop', version });
  });

  it('of the project stand in the card, and in what registries take where they are addresses', () => {
    const shop = { slug: 'shop', name: 'Shop', instructions: '', access: 'public', release: 1 } as const;
    const at = (icon: string) => [
      serverCard({ ...shop, icon }, 'https://tools.example.com')['icons'],
      registryEntry({ ...shop, icon }, 'https://tools.example.com')['icons'],
    ];
    const page = [{ src: PAGE, mimeType: 'image/png' }];
    expect(at('')).toEqual([undefined, undefined]);
    expect(at(PAGE)).toEqual([page, page]);
    expect(at(SVG)).toEqual([[{ src: SVG, mimeType: 'image/svg+xml', sizes: ['any'] }], undefined]);
  });
});

describe('an icon that is none', () => {
  it.each([
    'javascript:alert(1)',
    'data:text/html;base64,PHNjcmlwdD4=',
    `data:image/png;base64,${'A'.repeat(69_000)}`,
  ])('of a project is refused (case %#)', async (icon) => {
    await expect(updateProject(server.app, server.owner, 'shop', { icon })).rejects.toMatchObject({
      code: 'bad_request',
      message: expect.stringMatching(/icon.*(https:\/\/ address|data:image\/png|48 KiB)/s),
    });
  });

  it('of a workflow keeps it from being published', async () => {
    const hostile = withIcon(tool('hostile', TEXT_SCHEMA, answer('no')), 'javascript:alert(1)');
    await expect(project.publish(hostile)).rejects.toMatchObject({
      details: {
        problems: [expect.objectContaining({ code: 'icon_invalid', field: ['settings', 'icon'] })],
      },
    });
  });
});
