import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as OlderClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as OlderTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDiskFolder } from '#lib/operations/disk-folder.ts';
import { filesOf } from '#lib/operations/folder-files.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { type PostgresForTest, startPostgres } from '#test/support/postgres.ts';
import { runCommand, type ServerProcess, spawnServer } from '../api/processes.ts';
import { Browser, eventually, PASSWORD, startTestServer, type TestServer } from '../api/server.ts';

// A project made on SQLite is exported, imported into an empty instance on PostgreSQL and published there: every
// client sees the same tools and gets the same answers.

const SLUG = 'order-desk';

const ORDERS: Record<string, JsonObject> = {
  'A-17': { item: 'wool blanket', price: 40, quantity: 3 },
  'B/2': { item: 'tea pot', price: 12.5, quantity: 1 },
};

const DOCUMENTS: Record<string, string> = {
  'returns.md': `# Returns

## Woollen goods

A woollen blanket goes back within thirty days, unwashed, in its linen bag.

## Crockery

Crockery is exchanged when it arrives chipped; send a photograph of the chip.
`,
  'delivery.txt': 'Parcels to islands leave on Tuesdays with the ferry.\n',
};

const order: JsonObject = {
  type: 'object',
  properties: {
    order_id: { type: 'string', description: 'The number on the invoice, for example A-17.' },
    question: { type: 'string', description: 'What the customer wants to know.', minLength: 3 },
    vat: { type: 'number', description: 'Rate, 0.2 for 20 %.', default: 0.2, minimum: 0, maximum: 1 },
  },
  required: ['order_id', 'question'],
  additionalProperties: false,
};

const result: JsonObject = {
  type: 'object',
  properties: {
    item: { type: 'string' },
    total: { type: 'number' },
    rule: { type: 'string' },
    source: { type: 'array', items: { type: 'string' } },
  },
  required: ['item', 'total', 'rule', 'source'],
  additionalProperties: false,
};

/** Reads an order over HTTP, reckons in JavaScript, and looks its rule up; `greeting` begins the answer. */
function answerOrder(base: string, greeting: string): JsonObject {
  const node = (key: string, kind: string, config: JsonObject, x: number, y = 0): JsonObject => ({
    id: key,
    key,
    kind,
    config,
    position: { x, y },
  });
  const edge = (from: string, to: string): JsonObject => ({
    id: `${from}-${to}`,
    from: { node: from, handle: 'out' },
    to: { node: to },
  });
  return {
    schemaVersion: 1,
    kind: 'tool',
    name: 'answer_order',
    title: 'Answer a question about an order',
    description: 'Reads an order and the rule that answers the question. Use it for one order at a time.',
    nodes: [
      node('arguments', 'input', { schema: order }, 0),
      node('fetch', 'http', { url: '{{ env.SHOP_URL }}/orders/{{ urlEncode(input.order_id) }}' }, 300, -100),
      node('look_up', 'knowledge', { base, query: '{{ input.question }}', topK: 1 }, 300, 100),
      node(
        'reckon',
        'javascript',
        {
          code: [
            'const { item, price, quantity } = steps.fetch.body;',
            'const [hit] = steps.look_up.hits;',
            'const total = Math.round(price * quantity * (1 + steps.arguments.vat) * 100) / 100;',
            "return { item, total, rule: hit?.text ?? '', source: hit ? [hit.document, ...hit.headings] : [] };",
            '',
          ].join('\n'),
          outputSchema: result,
        },
        600,
      ),
      node(
        'answer',
        'output',
        {
          parts: [
            { type: 'text', text: `${greeting}: {{ steps.reckon.item }}, {{ steps.reckon.total }}` },
            { type: 'text', text: '{{ steps.reckon.rule }}' },
          ],
          structured: { value: '{{ steps.reckon }}', schema: result },
        },
        900,
      ),
    ],
    edges: [
      edge('arguments', 'fetch'),
      edge('arguments', 'look_up'),
      edge('fetch', 'reckon'),
      edge('look_up', 'reckon'),
      edge('reckon', 'answer'),
    ],
    settings: { annotations: { readOnlyHint: true, openWorldHint: true } },
  };
}

const CALLS: Record<string, JsonObject> = {
  'an order with a rule': { order_id: 'A-17', question: 'May the woollen blanket go back?', vat: 0.25 },
  'a default, and an id that needs encoding': { order_id: 'B/2', question: 'crockery arrived chipped' },
  'a document without headings': { order_id: 'A-17', question: 'ferry to the islands' },
  'nothing to be found': { order_id: 'A-17', question: 'zzyzx' },
  'an order the shop does not know': { order_id: 'C-99', question: 'Where is it?' },
  'arguments that are not valid': { order_id: 'A-17', question: '', vat: 2, colour: 'blue' },
};

let shop: Server;
let sqlite: TestServer;
let postgres: PostgresForTest;
let replicas: ServerProcess[] = [];
let folder: string;
let target: Record<string, string>;
let keys: { sqlite: string; postgres: string };
const exported = (name: string) => join(folder, `exported-${name}`);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'patchbay-portable-'));
  shop = await startShop();
  sqlite = await startTestServer();
  const secret = await buildProject(sqlite.owner);

  postgres = await startPostgres();
  target = {
    DATABASE_URL: postgres.url,
    DATA_DIR: join(folder, 'data'),
    ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    EGRESS_ALLOW: '127.0.0.1',
  };
  replicas = [await spawnServer(target)];
  // As new as it gets: nothing but the starter that its set-up brings.
  const { body } = await (await signIn(replicas[0]!)).get('/projects');
  expect(body.items.map(({ slug }: { slug: string }) => slug)).toEqual(['starter']);

  await command(['export', SLUG, exported('sqlite')], { DATA_DIR: sqlite.folder });
  await command(['import', exported('sqlite'), '--publish'], target);
  keys = { sqlite: secret, postgres: (await command(['key', 'create', '--project', SLUG], target)).trim() };
  await documentsRead(await signIn(replicas[0]!));
}, 300_000);

afterAll(async () => {
  await Promise.all(replicas.map((replica) => replica.end('SIGTERM')));
  await sqlite?.close();
  await postgres?.stop();
  shop?.close();
  rmSync(folder, { recursive: true, force: true });
});

interface AnyClient {
  list(): Promise<unknown>;
  call(args: JsonObject): Promise<unknown>;
  close(): Promise<void>;
}

const CLIENTS: Record<string, (url: string, key: string) => Promise<AnyClient>> = {
  'the SDK client 2.x on 2026-07-28': async (url, key) => {
    const client = new Client(
      { name: 'test', version: '1' },
      { versionNegotiation: { mode: { pin: '2026-07-28' } } },
    );
    await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: bearer(key) }));
    expect(client.getNegotiatedProtocolVersion()).toBe('2026-07-28');
    return {
      list: () => client.listTools(),
      call: (args) => client.callTool({ name: 'answer_order', arguments: args }),
      close: () => client.close(),
    };
  },
  'the SDK client 1.x on 2025-11-25': async (url, key) => {
    const client = new OlderClient({ name: 'test', version: '1' });
    const transport = new OlderTransport(new URL(url), { requestInit: bearer(key) });
    await client.connect(transport);
    expect(transport.protocolVersion).toBe('2025-11-25');
    return {
      list: () => client.listTools(),
      call: (args) => client.callTool({ name: 'answer_order', arguments: args }),
      close: () => client.close(),
    };
  },
};

describe.each(Object.entries(CLIENTS))('%s', (_, connect) => {
  let ours: AnyClient;
  let theirs: AnyClient;
  beforeAll(async () => {
    ours = await connect(`${sqlite.url}/mcp/${SLUG}`, keys.sqlite);
    theirs = await connect(`${replicas[0]!.url}/mcp/${SLUG}`, keys.postgres);
  });
  afterAll(async () => {
    await ours.close();
    await theirs.close();
  });

  it('lists the same tools', async () => {
    const list = await ours.list();
    expect(list).toMatchObject({
      tools: [
        {
          name: 'answer_order',
          title: 'Answer a question about an order',
          inputSchema: order,
          outputSchema: result,
          annotations: { readOnlyHint: true, openWorldHint: true },
        },
      ],
    });
    expect(await theirs.list()).toEqual(list);
  });

  it.each(Object.entries(CALLS))('gets the same answer: %s', async (_, args) => {
    const [answer, answerOfTheirs] = [await ours.call(args), await theirs.call(args)];
    expect(withoutRun(answerOfTheirs)).toEqual(withoutRun(answer));
  });

  it('gets what the shop, the code and the document say', async () => {
    expect(await theirs.call(CALLS['an order with a rule']!)).toMatchObject({
      structuredContent: {
        item: 'wool blanket',
        // 40 × 3 and the rate that was given.
        total: 150,
        rule: expect.stringContaining('within thirty days, unwashed'),
        source: ['returns.md', 'Returns', 'Woollen goods'],
      },
      content: [
        { type: 'text', text: 'Order: wool blanket, 150' },
        { type: 'text', text: expect.stringContaining('in its linen bag') },
      ],
    });
    expect(await theirs.call(CALLS['a default, and an id that needs encoding']!)).toMatchObject({
      structuredContent: { item: 'tea pot', total: 15, rule: expect.stringContaining('photograph') },
    });
    expect(await theirs.call(CALLS['nothing to be found']!)).toMatchObject({
      structuredContent: { rule: '', source: [] },
    });
    expect(await theirs.call(CALLS['an order the shop does not know']!)).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining('404') }],
    });
    expect(await theirs.call(CALLS['arguments that are not valid']!)).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining('colour') }],
    });
  });
});

describe('the instance on PostgreSQL', () => {
  it('exports the same bytes', async () => {
    await command(['export', SLUG, exported('postgres')], target);
    const [first, second] = await Promise.all(
      ['sqlite', 'postgres'].map(async (name) => Object.fromEntries(await readDiskFolder(exported(name)))),
    );
    expect(second).toEqual(first);

    const files = filesOf(await readDiskFolder(exported('sqlite')));
    expect(Object.keys(files).sort()).toEqual([
      'knowledge/policies/delivery.txt',
      'knowledge/policies/returns.md',
      'project.yaml',
      'workflows/answer_order.json',
      'workflows/answer_order.reckon.js',
    ]);
    expect(files['knowledge/policies/returns.md']).toBe(DOCUMENTS['returns.md']);
    const { body } = await (await signIn(replicas[0]!)).get(`/projects/${SLUG}/export`);
    expect(body.files).toEqual(files);
    for (const key of [...Object.values(keys), target['ENCRYPTION_KEY']!]) {
      expect(JSON.stringify(files)).not.toContain(key);
    }
  });

  it('knows its own keys only', async () => {
    const response = await fetch(`${replicas[0]!.url}/mcp/${SLUG}`, {
      method: 'POST',
      headers: { ...bearer(keys.sqlite).headers, 'content-type': 'application/json' },
      body: '{"jsonrpc":"2.0","id":1,"method":"tools/list"}',
    });
    expect(response.status).toBe(401);
  });

  it('serves on every replica what is published on one', async () => {
    replicas.push(await spawnServer(target));
    const connect = CLIENTS['the SDK client 2.x on 2026-07-28']!;
    const clients = await Promise.all(
      replicas.map(({ url }) => connect(`${url}/mcp/${SLUG}`, keys.postgres)),
    );
    const question = { order_id: 'A-17', question: 'May the woollen blanket go back?' };
    const says = async (client: AnyClient) =>
      ((await client.call(question)) as { content: { text: string }[] }).content[0]!.text;
    // Both have the release in memory.
    for (const client of clients) expect(await says(client)).toBe('Order: wool blanket, 144');

    // Whichever publishes, the other follows.
    for (const [index, greeting] of ['First', 'Second'].entries()) {
      await publishAgain(await signIn(replicas[index]!), greeting);
      expect(await says(clients[index]!)).toBe(`${greeting}: wool blanket, 144`);
      await eventually(async () => (await says(clients[1 - index]!)) === `${greeting}: wool blanket, 144`);
    }
    await Promise.all(clients.map((client) => client.close()));
  });
});

const bearer = (key: string) => ({ headers: { authorization: `Bearer ${key}` } });

/** The service that workflows call. */
async function startShop(): Promise<Server> {
  const server = createServer((request, response) => {
    const found = ORDERS[decodeURIComponent(request.url!.slice('/orders/'.length))];
    response.writeHead(found ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(found ?? { error: 'no such order' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** Through the API, as the web app would: project, documents, workflow, publish, key. Returns the key. */
async function buildProject(owner: Browser): Promise<string> {
  const made = async (answer: Promise<{ status: number; body: JsonObject }>) => {
    const { status, body } = await answer;
    if (status >= 300) throw new Error(JSON.stringify(body));
    return body;
  };
  const at = `/projects/${SLUG}`;
  await made(owner.post('/projects', { name: 'Order desk', slug: SLUG }));
  const { port } = shop.address() as AddressInfo;
  await made(
    owner.patch(at, { instructions: 'Answers for one shop.', env: { SHOP_URL: `http://127.0.0.1:${port}` } }),
  );
  const base = await made(owner.post(`${at}/knowledge`, { name: 'Policies' }));
  const form = new FormData();
  for (const [name, text] of Object.entries(DOCUMENTS)) form.append('file', new File([text], name));
  await made(owner.send('POST', `${at}/knowledge/${base['id']}/documents`, form));
  await documentsRead(owner);
  const document = answerOrder(base['id'] as string, 'Order');
  const workflow = await made(owner.post(`${at}/workflows`, { name: 'answer_order', document }));
  const { id, revision } = workflow;
  await made(owner.post(`${at}/workflows/${id}/publish`, { revision: revision! }));
  return (await made(owner.post(`${at}/keys`, { name: 'test' })))['secret'] as string;
}

/** Documents are read in the background. */
async function documentsRead(owner: Browser): Promise<void> {
  const { body: bases } = await owner.get(`/projects/${SLUG}/knowledge`);
  await eventually(async () => {
    const { body } = await owner.get(`/projects/${SLUG}/knowledge/${bases.items[0].id}/documents`);
    return (
      body.items.length === Object.keys(DOCUMENTS).length &&
      body.items.every(({ status }: { status: string }) => status === 'ready')
    );
  });
}

async function publishAgain(browser: Browser, greeting: string): Promise<void> {
  const at = `/projects/${SLUG}/workflows`;
  const { id } = (await browser.get(at)).body.items[0];
  const { revision, document } = (await browser.get(`${at}/${id}`)).body;
  const answer = document.nodes.find(({ kind }: { kind: string }) => kind === 'output');
  answer.config.parts[0].text = answer.config.parts[0].text.replace(/^\w+/, greeting);
  const saved = await browser.put(`${at}/${id}/draft`, { revision, document });
  const published = await browser.post(`${at}/${id}/publish`, { revision: saved.body.revision });
  expect(published.status).toBe(200);
}

async function signIn({ url }: ServerProcess): Promise<Browser> {
  const browser = new Browser(url);
  await browser.post('/session', { email: 'ada@example.com', password: PASSWORD });
  return browser;
}

/** Runs the command line; fails with what it said. Returns its standard output. */
async function command(args: string[], env: Record<string, string>): Promise<string> {
  const ran = await runCommand(args, { LOG_LEVEL: 'error', ...env });
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
  return ran.stdout;
}

/** Of a failed run, its id is told: in `_meta`, and in the text. The one difference there may be. */
function withoutRun(answer: unknown): unknown {
  const run = (answer as { _meta?: Record<string, unknown> })._meta?.['patchbay/run'];
  return typeof run === 'string' ? JSON.parse(JSON.stringify(answer).replaceAll(run, '<run>')) : answer;
}
