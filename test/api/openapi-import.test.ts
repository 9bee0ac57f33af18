import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import { DATABASES } from '#test/support/databases.ts';
import { largeApi, PETSTORE_2, SHOP_3_0, WEATHER_3_1 } from '../openapi/documents.ts';
import { type Answer, startTestServer, type TestServer } from './server.ts';

/** What the API that is imported was asked. */
interface Asked {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}

let asked: Asked[] = [];
let answers: Record<string, { status?: number; type?: string; body: JsonValue }> = {};
const upstream = createServer(async (request, response) => {
  let body = '';
  for await (const piece of request) body += String(piece);
  const { method = '', url = '', headers } = request;
  asked.push({ method, url, headers, body });
  const path = url.replace(/\?.*/, '');
  const {
    status = 200,
    type = 'application/json',
    body: answer,
  } = answers[`${method} ${path}`] ?? { body: {} };
  response.writeHead(status, { 'content-type': type });
  response.end(status === 204 ? undefined : typeof answer === 'string' ? answer : JSON.stringify(answer));
});
let host: string;

beforeAll(async () => {
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  host = `127.0.0.1:${(upstream.address() as AddressInfo).port}`;
});
afterAll(() => new Promise<void>((resolve) => upstream.close(() => resolve())));
beforeEach(() => {
  asked = [];
  answers = {};
});

describe.each(DATABASES)('an API on $name', ({ create }) => {
  let server: TestServer;
  let drop: () => Promise<void>;
  let counter = 0;

  beforeAll(async () => {
    const database = await create();
    drop = database.remove;
    server = await startTestServer({
      ...(database.url.startsWith('postgres')
        ? { DATABASE_URL: database.url, ENCRYPTION_KEY: 'k'.repeat(43) }
        : {}),
    });
  });
  afterAll(async () => {
    await server.close();
    await drop();
  });

  async function project(): Promise<string> {
    counter += 1;
    const slug = `api-${counter}`;
    await server.owner.post('/projects', { name: slug, slug });
    return slug;
  }

  const read = (slug: string, document: JsonValue, more: JsonObject = {}): Promise<Answer> =>
    server.owner.post(`/projects/${slug}/openapi/read`, {
      text: typeof document === 'string' ? document : JSON.stringify(document),
      ...more,
    });

  async function publish(slug: string, workflow: string): Promise<void> {
    const { body } = await server.owner.get(`/projects/${slug}/workflows/${workflow}`);
    const at = `/projects/${slug}/workflows/${workflow}/publish`;
    const { revision } = body;
    // Its texts are those of the API, until somebody has read them.
    const refused = await server.owner.post(at, { revision });
    expect([refused.status, refused.body.unreviewed]).toEqual([422, true]);
    const done = await server.owner.post(at, { revision, despiteTexts: true });
    expect(done.body).toMatchObject({ version: 1 });
  }

  async function client(slug: string): Promise<Client> {
    const { body } = await server.owner.post(`/projects/${slug}/keys`, { name: 'test' });
    const mcp = new Client({ name: 'test', version: '1' });
    await mcp.connect(
      new StreamableHTTPClientTransport(new URL(`${server.url}/mcp/${slug}`), {
        requestInit: { headers: { authorization: `Bearer ${body.secret}` } },
      }),
    );
    return mcp;
  }

  it('is read, imported, given its secret, published and called: the request is as the API wants it', async () => {
    const slug = await project();
    const found = await read(slug, SHOP_3_0);
    expect(found.status).toBe(200);
    expect(found.body).toMatchObject({
      title: 'Order desk',
      server: 'https://eu.shop.example.com:443/api',
      faults: [],
      difference: null,
    });
    expect(found.body.operations.map(({ id, name }: { id: string; name: string }) => [id, name])).toEqual([
      ['GET /orders', 'orders_list'],
      ['POST /orders', 'orders_create'],
      ['GET /orders/{id}/lines/{lines}', 'get_orders_by_id_lines_by_lines'],
      ['GET /categories', 'categories'],
      ['POST /categories', 'make_category'],
      ['POST /pay', 'pay'],
    ]);

    const imported = await server.owner.post(`/projects/${slug}/openapi/import`, {
      source: found.body.source.id,
      base: `http://${host}/api/`,
      operations: [
        {
          id: 'GET /orders',
          choice: {
            name: 'find_orders',
            description: 'Finds orders.',
            arguments: { 'query.sort': { hidden: true }, 'header.X-Trace': { value: 'patch {{bay}}' } },
            fields: ['data[].id', 'data[].owner.login', 'next'],
          },
        },
        { id: 'GET /orders/{id}/lines/{lines}', choice: {} },
        { id: 'POST /orders', choice: {} },
      ],
    });
    expect(imported.status).toBe(201);
    expect(imported.body.workflows).toEqual([
      { id: expect.any(String), name: 'find_orders', operation: 'GET /orders', problems: 0 },
      {
        id: expect.any(String),
        name: 'get_orders_by_id_lines_by_lines',
        operation: 'GET /orders/{id}/lines/{lines}',
        problems: 0,
      },
      { id: expect.any(String), name: 'orders_create', operation: 'POST /orders', problems: 0 },
    ]);
    expect(imported.body.connections).toMatchObject([
      {
        id: expect.any(String),
        name: 'Order desk',
        type: 'bearer',
        hosts: [host],
        preview: '',
        parameter: null,
      },
    ]);
    expect((await server.owner.get(`/projects/${slug}`)).body.env).toEqual({
      ORDER_DESK_URL: `http://${host}/api`,
    });
    const [connection] = imported.body.connections;
    await server.owner.patch(`/projects/${slug}/connections/${connection.id}`, {
      secret: { token: 'secret-of-the-shop' },
    });
    for (const { id } of imported.body.workflows) await publish(slug, id);

    answers = {
      'GET /api/orders': {
        body: {
          data: [
            { id: 'a', total: 3, owner: { login: 'ada', name: 'Ada' } },
            { id: 'b', owner: null },
          ],
          next: null,
        },
      },
      'GET /api/orders/A%2F7/lines/1,2': { type: 'text/csv', body: 'sku;1' },
      'POST /api/orders': { status: 201, body: { id: 'n', customer: 'C1', lines: [], extra: true } },
    };
    const mcp = await client(slug);
    const { tools } = await mcp.listTools();
    expect(tools.map(({ name }) => name).sort()).toEqual([
      'find_orders',
      'get_orders_by_id_lines_by_lines',
      'orders_create',
    ]);
    const find = tools.find(({ name }) => name === 'find_orders')!;
    expect(find).toMatchObject({ description: 'Finds orders.', annotations: { readOnlyHint: true } });
    expect(Object.keys(find.inputSchema.properties ?? {})).toEqual([
      'ids',
      'tags',
      'states',
      'filter',
      'page',
      'X-Groups',
      'view',
      'theme',
    ]);
    const list = await mcp.callTool({
      name: 'find_orders',
      arguments: {
        ids: [1, 2],
        tags: ['a b', 'c'],
        states: ['open', 'paid'],
        filter: { customer: 'C&1', 'min-total': 2.5 },
        page: { limit: 10 },
        'X-Groups': ['x', 'y'],
        view: 'a b',
      },
    });
    expect(list.structuredContent).toEqual({
      data: [
        { id: 'a', owner: { login: 'ada' } },
        { id: 'b', owner: {} },
      ],
      next: null,
    });
    const lines = await mcp.callTool({
      name: 'get_orders_by_id_lines_by_lines',
      arguments: { id: 'A/7', lines: [1, 2] },
    });
    expect(lines.content).toEqual([{ type: 'text', text: 'sku;1' }]);
    const made = await mcp.callTool({
      name: 'orders_create',
      arguments: { customer: 'C1', lines: [{ sku: 's' }] },
    });
    expect(made.structuredContent).toMatchObject({ id: 'n', extra: true });
    await mcp.close();

    const [first, second, third] = asked;
    const url = new URL(first!.url, 'http://x');
    expect([...url.searchParams]).toEqual([
      ['ids', '1'],
      ['ids', '2'],
      ['tags', 'a b,c'],
      ['states', 'open|paid'],
      ['filter[customer]', 'C&1'],
      ['filter[min-total]', '2.5'],
      ['limit', '10'],
    ]);
    expect(first!.headers).toMatchObject({
      authorization: 'Bearer secret-of-the-shop',
      'x-trace': 'patch {{bay}}',
      'x-groups': 'x,y',
      cookie: 'view=a%20b',
      accept: 'application/json',
    });
    expect([second!.method, second!.url]).toEqual(['GET', '/api/orders/A%2F7/lines/1,2']);
    expect(JSON.parse(third!.body)).toEqual({ customer: 'C1', lines: [{ sku: 's' }] });
    expect(third!.headers['content-type']).toBe('application/json');
  });

  it('takes forms, files, nothing, and a key in the query', async () => {
    const slug = await project();
    const petstore = await read(slug, PETSTORE_2);
    const pets = await server.owner.post(`/projects/${slug}/openapi/import`, {
      source: petstore.body.source.id,
      base: `http://${host}/v2`,
      operations: [
        { id: 'POST /pet/{petId}', choice: {} },
        { id: 'POST /pet/{petId}/uploadImage', choice: {} },
        { id: 'DELETE /pet/{petId}', choice: {} },
      ],
    });
    expect(pets.body.connections).toEqual([]);
    const weather = await read(slug, WEATHER_3_1);
    expect(weather.body).toMatchObject({ server: '', faults: [{ severity: 'note', place: '#/webhooks' }] });
    const forecast = await server.owner.post(`/projects/${slug}/openapi/import`, {
      source: weather.body.source.id,
      base: `http://${host}`,
      operations: [
        { id: 'GET /forecast/{place}', choice: { arguments: { 'query.unit': { value: 'metric' } } } },
      ],
    });
    const [connection] = forecast.body.connections;
    expect(connection).toMatchObject({ type: 'query', parameter: 'appid', name: 'Weather (appid)' });
    await server.owner.patch(`/projects/${slug}/connections/${connection.id}`, {
      secret: { parameter: 'appid', value: 'secret-of-the-weather' },
    });
    for (const { id } of [...pets.body.workflows, ...forecast.body.workflows]) await publish(slug, id);

    answers = {
      'DELETE /v2/pet/7': { status: 204, body: null },
      'POST /v2/pet/7/uploadImage': { body: { code: 200 } },
      'GET /forecast/Berlin': { body: { days: [{ date: 'today', temperature: null }] } },
    };
    const mcp = await client(slug);
    await mcp.callTool({ name: 'update_pet_with_form', arguments: { petId: 7, name: 'Rex & Co' } });
    const upload = { petId: 7, file: Buffer.from('bytes').toString('base64') };
    expect((await mcp.callTool({ name: 'upload_file', arguments: upload })).structuredContent).toEqual({
      code: 200,
    });
    const gone = await mcp.callTool({ name: 'delete_pet', arguments: { petId: 7 } });
    expect(gone.content).toEqual([{ type: 'text', text: 'Done: status 204.' }]);
    const days = await mcp.callTool({
      name: 'get_forecast_by_place',
      arguments: { place: 'Berlin', days: 2 },
    });
    expect(days.structuredContent).toEqual({ days: [{ date: 'today', temperature: null }] });
    await mcp.close();

    const [form, file, removed, query] = asked;
    expect([form!.headers['content-type'], form!.body]).toEqual([
      'application/x-www-form-urlencoded',
      'name=Rex+%26+Co',
    ]);
    expect(file!.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
    expect(file!.body).toMatch(
      /name="file"; filename="file"\r\nContent-Type: application\/octet-stream\r\n\r\nbytes\r\n/,
    );
    expect([removed!.method, removed!.url]).toEqual(['DELETE', '/v2/pet/7']);
    expect(query!.url).toBe('/forecast/Berlin?days=2&unit=metric&appid=secret-of-the-weather');

    await server.app.recorder.flush();
    const { body: runs } = await server.owner.get(`/projects/${slug}/runs`);
    const whole = JSON.stringify(
      await Promise.all(
        runs.items.map(
          async ({ id }: { id: string }) => (await server.owner.get(`/projects/${slug}/runs/${id}`)).body,
        ),
      ),
    );
    expect(whole).toContain('/forecast/Berlin');
    expect(whole).not.toContain('secret-of-the-weather');
  });

  it('says what changed in a newer description, and makes again what nobody edited', async () => {
    const slug = await project();
    const first = await read(slug, SHOP_3_0);
    const choice = { name: 'find_orders', arguments: { 'query.sort': { hidden: true } } };
    const { body: imported } = await server.owner.post(`/projects/${slug}/openapi/import`, {
      source: first.body.source.id,
      base: `http://${host}/api`,
      operations: [
        { id: 'GET /orders', choice },
        { id: 'POST /orders', choice: {} },
        { id: 'GET /categories', choice: {} },
        { id: 'POST /pay', choice: {} },
      ],
    });
    const [orders, create, categories] = imported.workflows;
    // Somebody gives one of them other words, and moves a step of another.
    const edit = async (id: string, change: (document: JsonObject) => JsonObject): Promise<void> => {
      const { body } = await server.owner.get(`/projects/${slug}/workflows/${id}`);
      const saved = await server.owner.put(`/projects/${slug}/workflows/${id}/draft`, {
        revision: body.revision,
        document: change(body.document),
      });
      expect(saved.status).toBe(200);
    };
    await edit(create.id, (document) => ({ ...document, description: 'Ours.' }));
    await edit(orders.id, (document) => ({
      ...document,
      nodes: (document['nodes'] as JsonObject[]).map((node) => ({ ...node, position: { x: 5, y: 5 } })),
    }));
    await server.owner.delete(`/projects/${slug}/workflows/${categories.id}`);

    const newer = structuredClone(SHOP_3_0) as {
      paths: Record<
        string,
        Record<string, { parameters?: object[]; summary?: string; deprecated?: boolean }>
      >;
    };
    newer.paths['/orders']!['get']!.parameters!.push({
      name: 'until',
      in: 'query',
      required: true,
      schema: {},
    });
    newer.paths['/orders']!['post']!.deprecated = true;
    delete newer.paths['/pay'];
    newer.paths['/refunds'] = { get: { summary: 'Refunds', responses: {} } as object };
    const again = await read(slug, newer as unknown as JsonValue, { updates: imported.source.id });
    const { difference } = again.body;
    expect(difference.added).toEqual(['GET /refunds']);
    expect(difference.removed).toEqual(['POST /pay']);
    expect(difference.changed).toEqual([
      { id: 'GET /orders', changes: ['Argument "until" is new, and required'], breaks: true },
      {
        id: 'POST /orders',
        changes: ['The description is another', 'It is deprecated now'],
        breaks: false,
      },
    ]);
    const states = (list: { name: string; state: string }[]) => list.map(({ name, state }) => [name, state]);
    expect(states(difference.imported)).toEqual([
      ['find_orders', 'update'],
      ['orders_create', 'edited'],
      ['categories', 'deleted'],
      ['pay', 'gone'],
    ]);

    // The address was changed meanwhile: it stays.
    const env = { ORDER_DESK_URL: 'https://staging.example.com' };
    await server.owner.patch(`/projects/${slug}`, { env });
    const updated = await server.owner.post(`/projects/${slug}/openapi/${imported.source.id}/update`, {
      newer: again.body.source.id,
      operations: [{ id: 'GET /refunds', choice: {} }],
    });
    expect(states(updated.body.imported)).toEqual([
      ['find_orders', 'updated'],
      ['orders_create', 'kept'],
      ['categories', 'deleted'],
      ['pay', 'gone'],
    ]);
    expect(updated.body.workflows).toMatchObject([{ name: 'get_refunds', operation: 'GET /refunds' }]);
    const { document } = (await server.owner.get(`/projects/${slug}/workflows/${orders.id}`)).body;
    expect(document.nodes[0].config.schema.required).toEqual(['until']);
    expect(document.nodes[0].config.schema.properties).not.toHaveProperty('sort');
    expect(document.nodes[0].position).toEqual({ x: 5, y: 5 });
    expect((await server.owner.get(`/projects/${slug}/workflows/${create.id}`)).body.description).toBe(
      'Ours.',
    );

    // The same once more: nothing is left to do but what was kept, which can be made again after all.
    const same = await read(slug, newer as unknown as JsonValue, { updates: imported.source.id });
    expect(same.body.difference).toMatchObject({ added: [], removed: [], changed: [] });
    expect(states(same.body.difference.imported)).toEqual([
      ['find_orders', 'same'],
      ['orders_create', 'edited'],
      ['pay', 'gone'],
      ['get_refunds', 'same'],
    ]);
    const forced = await server.owner.post(`/projects/${slug}/openapi/${imported.source.id}/update`, {
      newer: same.body.source.id,
      overwrite: ['POST /orders'],
    });
    expect(states(forced.body.imported)).toContainEqual(['orders_create', 'updated']);
    expect((await server.owner.get(`/projects/${slug}/workflows/${create.id}`)).body.description).toBe(
      'Deprecated. Place an order.',
    );

    const list = await server.owner.get(`/projects/${slug}/openapi`);
    expect(list.body.items).toMatchObject([{ name: 'Order desk', base: env.ORDER_DESK_URL }]);
    expect((await server.owner.get(`/projects/${slug}`)).body.env).toEqual(env);
    await server.owner.delete(`/projects/${slug}/openapi/${imported.source.id}`);
    expect((await server.owner.get(`/projects/${slug}/openapi`)).body.items).toEqual([]);
    expect((await server.owner.get(`/projects/${slug}/workflows/${orders.id}`)).status).toBe(200);
  });

  it('shows an operation with the choices that were made', async () => {
    const slug = await project();
    const { body } = await read(slug, SHOP_3_0);
    const at = `/projects/${slug}/openapi/${body.source.id}/preview`;
    const whole = await server.owner.post(at, { operation: 'GET /orders', choice: {} });
    expect(whole.body.fields.slice(0, 4)).toEqual([
      { path: 'data', type: 'list of objects', description: '' },
      { path: 'data[].id', type: 'text', description: '' },
      { path: 'data[].total', type: 'number', description: '' },
      { path: 'data[].owner', type: 'object', description: '' },
    ]);
    const hidden = Object.fromEntries(
      whole.body.arguments.slice(1).map(({ id }: { id: string }) => [id, { hidden: true }]),
    );
    const cut = await server.owner.post(at, { operation: 'GET /orders', choice: { arguments: hidden } });
    expect(Object.keys(cut.body.inputSchema.properties)).toEqual(['ids']);
    expect(cut.body.tokens).toBeLessThan(whole.body.tokens / 2);
    const faulty = await server.owner.post(at, {
      operation: 'POST /orders',
      choice: { arguments: { 'body.lines': { hidden: true } } },
    });
    expect(faulty.body.faults).toEqual([
      '"lines" must be sent: show it to the caller, or give it a fixed value.',
    ]);
    expect((await server.owner.post(at, { operation: 'GET /nothing', choice: {} })).status).toBe(404);
  });

  it('refuses as a whole what cannot be imported, and makes nothing', async () => {
    const slug = await project();
    const { body } = await read(slug, SHOP_3_0);
    const refused = await server.owner.post(`/projects/${slug}/openapi/import`, {
      source: body.source.id,
      base: `http://${host}`,
      operations: [
        { id: 'GET /orders', choice: {} },
        { id: 'POST /orders', choice: { arguments: { 'body.lines': { hidden: true } } } },
        { id: 'GET /nothing', choice: {} },
      ],
    });
    expect([refused.status, refused.body.faults]).toEqual([
      422,
      [
        'POST /orders: "lines" must be sent: show it to the caller, or give it a fixed value.',
        'GET /nothing: There is no such operation in the description.',
      ],
    ]);
    expect((await server.owner.get(`/projects/${slug}/workflows`)).body.items).toEqual([]);
    expect((await server.owner.get(`/projects/${slug}/connections`)).body.items).toEqual([]);
  });

  it('is fetched through the guard, and says why it cannot be', async () => {
    const slug = await project();
    answers = { 'GET /openapi.yaml': { type: 'application/yaml', body: WEATHER_3_1 } };
    const at = `/projects/${slug}/openapi/read`;
    const found = await server.owner.post(at, { url: `http://${host}/openapi.yaml` });
    expect(found.body).toMatchObject({ title: 'Weather', server: `http://${host}/v4` });
    const blocked = await server.owner.post(at, { url: 'http://169.254.169.254/openapi.json' });
    expect([blocked.status, blocked.body.failure]).toEqual([422, 'EGRESS_BLOCKED']);
    answers = { 'GET /missing.json': { status: 404, body: {} } };
    const missing = await server.owner.post(at, { url: `http://${host}/missing.json` });
    expect(missing.body.detail).toBe(`${host} answered 404. Check the address, or load the file.`);
    expect((await server.owner.post(at, {})).status).toBe(400);
  });

  it('of 1,000 operations is read in a thread, while others are answered', async () => {
    const slug = await project();
    const text = JSON.stringify(largeApi(1000));
    expect(text.length).toBeGreaterThan(500_000);
    let answered = 0;
    const reading = read(slug, text);
    let done = false;
    void reading.then(() => (done = true));
    while (!done) {
      await server.owner.get('/session');
      answered += 1;
    }
    const { body } = await reading;
    expect(body.operations).toHaveLength(1000);
    expect(new Set(body.operations.map(({ name }: { name: string }) => name)).size).toBe(1000);
    expect(answered).toBeGreaterThan(3);
  });

  it('is for editors', async () => {
    const slug = await project();
    const viewer = await server.person(`viewer${counter}`, { role: 'viewer' });
    const answer = await viewer.post(`/projects/${slug}/openapi/read`, { text: JSON.stringify(PETSTORE_2) });
    expect([answer.status, answer.body.detail]).toEqual([
      403,
      'You need the role editor to import an API. Ask an owner or admin of the organization.',
    ]);
  });
});
