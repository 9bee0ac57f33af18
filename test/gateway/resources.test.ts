import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repository } from '#lib/db/repository.ts';
import { updateProject } from '#lib/operations/update-project.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { startTestServer, type TestProject, type TestServer } from './support/gateway.ts';
import { envelope, legacy, modern } from './support/wire.ts';
import { answer, answerParts, ask, echo, NO_ARGUMENTS, resource } from './support/workflows.ts';

const BY_ID: JsonObject = {
  type: 'object',
  properties: { id: { type: 'integer', minimum: 1 }, full: { type: 'boolean' } },
  required: ['id'],
  additionalProperties: false,
};

const rules = resource(
  'rules',
  { uri: 'house://rules', mimeType: 'text/markdown', annotations: { audience: ['user'], priority: 0.5 } },
  NO_ARGUMENTS,
  answer('# Rules'),
);

let server: TestServer;
let project: TestProject;
let other: TestProject;

beforeAll(async () => {
  server = await startTestServer();
  project = await server.project('resources', {
    workflows: [
      echo,
      rules,
      resource(
        'order',
        { uri: 'orders://{id}{?full}', mimeType: 'application/json', pollMs: 5000 },
        BY_ID,
        answer('{"id":{{ input.id + 0 }},"full":{{ input.full ?? null }}}'),
      ),
      resource(
        'special_order',
        { uri: 'orders://{slug}/special' },
        { type: 'object', properties: { slug: { type: 'string' } }, required: ['slug'] },
        answer('special {{ input.slug }}'),
      ),
      resource(
        'order_by_name',
        { uri: 'orders://{name}' },
        { type: 'object', properties: { name: { type: 'string', minLength: 3 } }, required: ['name'] },
        answer('named {{ input.name }}'),
      ),
      resource(
        'album',
        { uri: 'album://all' },
        NO_ARGUMENTS,
        answerParts(
          { type: 'text', text: 'two songs' },
          {
            type: 'resource',
            uri: 'album://1',
            mimeType: 'text/html',
            content: { type: 'text', text: '<b>1</b>' },
          },
          { type: 'resource_link', uri: 'album://2', name: 'the second' },
        ),
      ),
      resource('none', { uri: 'none://at/all' }, NO_ARGUMENTS, {
        key: 'fail',
        kind: 'fail',
        config: { message: 'Nothing is kept here.' },
      }),
      resource(
        'broken',
        { uri: 'broken://now' },
        NO_ARGUMENTS,
        { key: 'code', kind: 'javascript', config: { code: 'throw new Error("no ink")' } },
        answer('written'),
      ),
      resource(
        'asked',
        { uri: 'asked://name' },
        NO_ARGUMENTS,
        ask('who', 'name'),
        answer('{{ steps.who.name }}'),
      ),
    ],
  });
  other = await server.project('others', { workflows: [{ ...rules, name: 'their_rules' }] });
});

afterAll(() => server.close());

const read = (uri: string, key: string | null = project.key, url = project.url) =>
  modern(url, key, { method: 'resources/read', params: { uri } });
const readLegacy = (uri: string) =>
  legacy(project.url, project.key, { jsonrpc: '2.0', id: 1, method: 'resources/read', params: { uri } });

describe('the lists', () => {
  it('name what has a URI of its own, and what has a template', async () => {
    const listed = await modern(project.url, project.key, { method: 'resources/list' });
    const { resources } = listed.json.result as unknown as { resources: { uri: string }[] };
    expect(resources.map(({ uri }) => uri)).toEqual([
      'album://all',
      'asked://name',
      'broken://now',
      'none://at/all',
      'house://rules',
    ]);
    expect(resources.at(-1)).toEqual({
      uri: 'house://rules',
      name: 'rules',
      title: 'rules',
      description: 'The test resource rules.',
      mimeType: 'text/markdown',
      annotations: { audience: ['user'], priority: 0.5 },
    });
    expect(listed.json.result).toMatchObject({
      resultType: 'complete',
      ttlMs: 60_000,
      cacheScope: 'private',
    });
    const templates = await modern(project.url, project.key, { method: 'resources/templates/list' });
    expect(templates.json.result).toMatchObject({
      resourceTemplates: [
        { uriTemplate: 'orders://{id}{?full}', name: 'order', mimeType: 'application/json' },
        { uriTemplate: 'orders://{name}', name: 'order_by_name' },
        { uriTemplate: 'orders://{slug}/special', name: 'special_order' },
      ],
      ttlMs: 60_000,
    });
  });

  it('have the form of 2025 in 2025, and the tools are among the tools', async () => {
    const list = (method: string) => legacy(project.url, project.key, { jsonrpc: '2.0', id: 1, method });
    const resources = await list('resources/list');
    expect(Object.keys(resources.json.result ?? {})).toEqual(['resources']);
    const tools = await list('tools/list');
    expect((tools.json.result as unknown as { tools: { name: string }[] }).tools).toMatchObject([
      { name: 'echo' },
    ]);
  });

  it('have one page', async () => {
    const params = { cursor: 'x' };
    const answered = await modern(project.url, project.key, { method: 'resources/templates/list', params });
    expect(answered.json.error?.code).toBe(-32602);
  });

  it('have what a key may use, which is all that can be read with it', async () => {
    const { key } = await project.newKey(['rules', 'echo']);
    const listed = await modern(project.url, key, { method: 'resources/list' });
    expect(listed.json.result).toMatchObject({ resources: [{ name: 'rules' }] });
    const templates = await modern(project.url, key, { method: 'resources/templates/list' });
    expect(templates.json.result).toMatchObject({ resourceTemplates: [] });
    expect((await read('house://rules', key)).json.result).toMatchObject({ contents: [{ text: '# Rules' }] });
    for (const uri of ['album://all', 'orders://1']) {
      expect((await read(uri, key)).json.error).toMatchObject({
        code: -32602,
        message: `Resource not found: ${uri}`,
        data: { uri },
      });
    }
  });
});

describe('reading', () => {
  it('answers with the contents, and how long they hold', async () => {
    expect((await read('house://rules')).json.result).toMatchObject({
      resultType: 'complete',
      contents: [{ uri: 'house://rules', mimeType: 'text/markdown', text: '# Rules' }],
      ttlMs: 0,
      cacheScope: 'private',
    });
    expect((await readLegacy('house://rules')).json.result).toEqual({
      contents: [{ uri: 'house://rules', mimeType: 'text/markdown', text: '# Rules' }],
    });
  });

  it('takes the arguments from the URI, as their schema wants them', async () => {
    const { result } = (await read('orders://12?full=true')).json;
    expect(result).toMatchObject({
      contents: [
        { uri: 'orders://12?full=true', mimeType: 'application/json', text: '{"id":12,"full":true}' },
      ],
      ttlMs: 5000,
    });
  });

  it('takes of several templates that fit the first whose arguments do', async () => {
    expect((await read('orders://abc')).json.result).toMatchObject({ contents: [{ text: 'named abc' }] });
    expect((await read('orders://a%2Fb/special')).json.result).toMatchObject({
      contents: [{ text: 'special a/b' }],
    });
    const { error } = (await read('orders://ab')).json;
    expect(error).toMatchObject({ code: -32602, data: { uri: 'orders://ab' } });
    expect(error?.message).toContain('The arguments of order are not valid; nothing was run');
  });

  it('gives each part as contents, embedded ones under their own URI', async () => {
    expect((await read('album://all')).json.result).toMatchObject({
      contents: [
        { uri: 'album://all', mimeType: 'text/plain', text: 'two songs' },
        { uri: 'album://1', mimeType: 'text/html', text: '<b>1</b>' },
        { uri: 'album://2', mimeType: 'text/uri-list', text: 'album://2' },
      ],
    });
  });

  it('is recorded like a call', async () => {
    await read('house://rules');
    const { runs } = repository(server.app.db, server.owner);
    const { id } = (await server.app.live.get('resources'))!;
    const recorded = async () =>
      (await runs.list(id, {})).items.map(({ workflowName, cause }) => [workflowName, cause]);
    await expect.poll(recorded).toContainEqual(['rules', 'call']);
  });
});

describe('what cannot be read', () => {
  it.each(['nothing://here', 'house://rules/', 'HOUSE://rules', 'orders://', '', 'x'.repeat(100_000)])(
    'is not found: %#',
    async (uri) => {
      const { error } = (
        await modern(
          project.url,
          project.key,
          { method: 'resources/read', params: { uri } },
          {
            'Mcp-Name': `=?base64?${Buffer.from(uri.slice(0, 5000)).toString('base64')}?=`,
          },
        )
      ).json;
      if (uri.length > 5000) expect(error?.code).toBe(-32020);
      else expect(error).toMatchObject({ code: -32602, data: { uri } });
      expect((await readLegacy(uri)).json.error).toMatchObject({ code: -32002, data: { uri } });
    },
  );

  it('is what a Fail step says is not there, in its words', async () => {
    expect((await read('none://at/all')).json.error).toEqual({
      code: -32602,
      message: 'Nothing is kept here.',
      data: { uri: 'none://at/all' },
    });
    expect((await readLegacy('none://at/all')).json.error).toMatchObject({
      code: -32002,
      message: 'Nothing is kept here.',
    });
  });

  it('is what fails, with the step and the run', async () => {
    for (const { json } of [await read('broken://now'), await readLegacy('broken://now')]) {
      expect(json.error).toMatchObject({ code: -32603, data: { uri: 'broken://now' } });
      expect(json.error?.message).toMatch(/Step "code" failed: .*no ink.*\(run [\w-]+\)/);
    }
  });

  it.each([[undefined], [1], [null], [{}]])('is what is no URI: %s', async (uri) => {
    const answered = await modern(project.url, project.key, { method: 'resources/read', params: { uri } });
    expect(answered.json.error?.code).toBe(-32602);
  });

  it('is what another project has', async () => {
    const { key } = other;
    expect((await read('house://rules', key, other.url)).json.result).toBeDefined();
    expect((await read('album://all', key, other.url)).json.error?.code).toBe(-32602);
    expect((await read('house://rules', key)).status).toBe(401);
  });

  it('is a URI other than the one in the header', async () => {
    const params = { uri: 'house://rules' };
    const answered = await modern(
      project.url,
      project.key,
      { method: 'resources/read', params },
      { 'Mcp-Name': 'album://all' },
    );
    expect([answered.status, answered.json.error?.code]).toEqual([400, -32020]);
  });
});

describe('a resource that asks', () => {
  const ASKED = { uri: 'asked://name' };

  it('asks back, and reads on with the answer', async () => {
    const _meta = envelope({ elicitation: { form: {} } });
    const first = await modern(project.url, project.key, {
      method: 'resources/read',
      params: { ...ASKED, _meta },
    });
    const { inputRequests, requestState, resultType } = first.json.result as unknown as JsonObject;
    expect(resultType).toBe('input_required');
    expect(inputRequests).toMatchObject({ who: { method: 'elicitation/create' } });
    const inputResponses = { who: { action: 'accept', content: { name: 'Ada' } } };
    const second = await modern(project.url, project.key, {
      method: 'resources/read',
      params: { ...ASKED, _meta, requestState, inputResponses },
    });
    expect(second.json.result).toMatchObject({
      resultType: 'complete',
      contents: [{ uri: 'asked://name', text: 'Ada' }],
    });
  });

  it('gives a client that cannot be asked a link, as an error', async () => {
    const { error } = (await read('asked://name')).json;
    expect(error?.code).toBe(-32000);
    expect(error?.message).toContain('A person has to answer');
    expect(error?.message).toContain('/answer/');
  });
});

describe('publishing', () => {
  it('keeps two live resources from having one URI', async () => {
    const again = { ...rules, name: 'rules_again' };
    await expect(project.publish(again)).rejects.toThrow('"rules" is live with the URI house://rules');
  });

  it('keeps two live templates from fitting the same', async () => {
    const again = resource(
      'order_again',
      { uri: 'orders://{which}/special' },
      { type: 'object', properties: { which: { type: 'string' } } },
      answer('x'),
    );
    await expect(project.publish(again)).rejects.toThrow(
      '"special_order" is live with a template that fits the same URIs, orders://{slug}/special',
    );
  });
});

it('a public project lets everybody read, and caches share', async () => {
  const open = await server.project('open', { workflows: [rules] });
  expect((await read('house://rules', null, open.url)).status).toBe(401);
  await updateProject(server.app, server.owner, 'open', { access: 'public' });
  expect((await read('house://rules', null, open.url)).json.result).toMatchObject({
    contents: [{ text: '# Rules' }],
    cacheScope: 'public',
  });
});
