// npm run screenshots: renews docs/images from the program as it is. A server on a folder of its own is filled through
// the API with an example, and each page is looked at as its reader will see it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt, ensureGenerated, ensureInstalled, ensureNode, root, say } from './setup.mjs';
import { ensureBrowser } from './test-machine.mjs';

ensureInstalled();
ensureNode();
ensureGenerated();
// Another build folder is somebody's own affair.
if (!process.env.NEXT_DIST_DIR) ensureBuilt();

const { chromium } = await import('@playwright/test');
const { default: sharp } = await import('sharp');

const IMAGES = join(root, 'docs/images');
const MOST_BYTES = 150 * 1024;
const SIZE = { width: 1440, height: 900 };
const ACCOUNT = { email: 'ada@example.com', password: 'correct horse battery' };
/** What stands in the pictures in place of the port that happened to be free. */
const SHOWN_URL = 'http://localhost:3000';
/** So many minutes after the last run each picture is taken: its times are the same every time. */
const MINUTES_LATER = 4;

/** Only those whose names are given: `npm run screenshots -- try runs`. */
const wanted = process.argv.slice(2);

const ORDERS_API = JSON.stringify({
  openapi: '3.1.0',
  info: { title: 'Shop', version: '2.4.0' },
  servers: [{ url: 'https://api.shop.example/v2' }],
  components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
  security: [{ token: [] }],
  paths: Object.fromEntries(
    [
      ['/orders', 'get', 'listOrders', 'List orders', 'orders'],
      ['/orders', 'post', 'createOrder', 'Place an order', 'orders'],
      ['/orders/{id}', 'get', 'getOrder', 'One order', 'orders'],
      ['/orders/{id}/refund', 'post', 'refundOrder', 'Pay an order back', 'orders'],
      ['/customers', 'get', 'listCustomers', 'Find customers', 'customers'],
      ['/customers/{id}', 'get', 'getCustomer', 'One customer', 'customers'],
      ['/stock/{article}', 'get', 'getStock', 'How many are in stock', 'stock'],
      ['/stock/{article}', 'put', 'setStock', 'Correct the stock', 'stock'],
    ].reduce((paths, [path, method, operationId, summary, tag]) => {
      const parameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
        name,
        in: 'path',
        required: true,
        description: `Number of the ${tag.replace(/s$/, '')}.`,
        schema: { type: 'string' },
      }));
      const query = path.includes('{') ? [] : [{ name: 'q', in: 'query', schema: { type: 'string' } }];
      const operation = {
        operationId,
        summary,
        tags: [tag],
        parameters: [...parameters, ...query],
        responses: { 200: { description: 'It worked', content: { 'application/json': { schema: {} } } } },
      };
      return paths.set(path, { ...paths.get(path), [method]: operation });
    }, new Map()),
  ),
});

const TEXT = {
  type: 'object',
  properties: { text: { type: 'string', description: 'What the guest wrote.' } },
  required: ['text'],
};

const executablePath = ensureBrowser();
const folder = mkdtempSync(join(tmpdir(), 'patchbay-screenshots-'));
const weather = await startWeather();
const server = await startPatchbay();
const browser = await chromium.launch({
  executablePath,
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--font-render-hinting=none',
    `--host-resolver-rules=MAP localhost:3000 127.0.0.1:${server.port}`,
  ],
});
try {
  const context = await browser.newContext({
    viewport: SIZE,
    colorScheme: 'light',
    reducedMotion: 'reduce',
    locale: 'en-GB',
    timezoneId: 'UTC',
  });
  const page = await context.newPage();
  const local = `http://127.0.0.1:${server.port}`;
  const api = apiOf(page, local);
  await api('POST', '/session', ACCOUNT);
  // The session of the calls is that of the pages.
  const cookies = await context.cookies(local);
  await context.addCookies(
    cookies.map(({ domain: _, path: __, ...cookie }) => ({ ...cookie, url: SHOWN_URL })),
  );
  const example = await fillExample(api, local);
  await page.clock.setFixedTime(Date.now() + MINUTES_LATER * 60_000);
  mkdirSync(IMAGES, { recursive: true });
  /** What a page complains of: a picture of a page that failed must not be taken for one of the program. */
  const faults = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
  for (const [name, show] of shotsOf(page, SHOWN_URL, example)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    await show();
    // A toast of before is no part of the picture; nor is a cursor that blinks.
    // Not as an element: the page's policy has those carry its nonce.
    await page.evaluate(() => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync('[data-sonner-toaster] { display: none } * { caret-color: transparent !important }');
      document.adoptedStyleSheets.push(sheet);
    });
    if (faults.length > 0)
      throw new Error(`docs/images/${name}.png would show a fault:\n${faults.join('\n')}`);
    const png = await sharp(await page.screenshot())
      .png({ palette: true, effort: 10, quality: 90 })
      .toBuffer();
    if (png.length > MOST_BYTES)
      throw new Error(`docs/images/${name}.png has ${png.length} bytes. Show less on it.`);
    writeFileSync(join(IMAGES, `${name}.png`), png);
    say(`docs/images/${name}.png, ${Math.round(png.length / 1024)} KB`);
  }
} finally {
  await browser.close();
  server.child.kill('SIGINT');
  await once(server.child, 'exit');
  weather.close();
  rmSync(folder, { recursive: true, force: true });
}

/** The pictures, by name; each brings the page to what is to be seen. */
function shotsOf(page, url, { at, plan, run, base, document, drawings, redraw }) {
  const open = async (path, ready) => {
    await page.goto(`${url}${path}`);
    await page
      .getByRole(...ready)
      .first()
      .waitFor();
    await page.waitForTimeout(600);
  };
  const chooseStep = async (key) => {
    await page.locator('.react-flow__node').first().waitFor();
    await page.waitForTimeout(1500);
    await page.locator(`.react-flow__node[data-id="${key}"]`).click();
    await page.waitForTimeout(1000);
  };
  return [
    ['workflows', () => open(at, ['link', { name: 'plan_trip' }])],
    [
      'canvas',
      async () => {
        await open(`${at}/workflows/${plan}?run=${run}`, ['button', { name: /Publish/ }]);
        await page.locator('.react-flow__node').first().waitFor();
        await page.waitForTimeout(1500);
      },
    ],
    [
      'publish',
      async () => {
        await open(`${at}/workflows/${plan}?dialog=publish`, ['dialog', {}]);
        await page.waitForTimeout(1500);
      },
    ],
    [
      'first-tool',
      async () => {
        await open(`${at}/workflows/${drawings.empty}`, ['button', { name: /Publish/ }]);
        await page.waitForTimeout(1500);
      },
    ],
    [
      'building',
      async () => {
        await open(`${at}/workflows/${plan}?run=${run}`, ['button', { name: /Publish/ }]);
        await chooseStep('weather');
      },
    ],
    [
      'model',
      async () => {
        await open(`${at}/workflows/${drawings.orders}`, ['button', { name: /Publish/ }]);
        await chooseStep('sort');
      },
    ],
    [
      'expressions',
      async () => {
        await open(`${at}/workflows/${drawings.orders}`, ['button', { name: /Publish/ }]);
        await chooseStep('letter');
        await page.getByRole('textbox', { name: 'Text', exact: true }).click();
        await page.keyboard.press('Control+End');
        await page.keyboard.type(' Total: {{ steps.');
        await page.getByRole('listbox').waitFor();
        await page.waitForTimeout(600);
      },
    ],
    [
      'resource',
      async () => {
        await open(`${at}/workflows/${drawings.note}`, ['textbox', { name: 'URI' }]);
        await page.waitForTimeout(1000);
      },
    ],
    [
      'approvals',
      async () => {
        await open(`${at}/approvals`, ['button', { name: 'Approve' }]);
      },
    ],
    [
      'schedule',
      async () => {
        await open(`${at}/workflows/${plan}`, ['button', { name: 'Schedule', exact: true }]);
        await page.getByRole('button', { name: 'Schedule', exact: true }).click();
        const dialog = page.getByRole('dialog', { name: 'New schedule' });
        await dialog.getByLabel('Name').fill('Trip of the week');
        await dialog.getByRole('combobox', { name: 'When' }).click();
        await page.getByRole('option', { name: 'Every Monday at 09:00' }).click();
        await dialog.getByLabel('City').fill('Lisbon');
        await dialog.getByRole('region', { name: 'Next times' }).getByRole('listitem').first().waitFor();
        await page.waitForTimeout(600);
      },
    ],
    [
      'replay',
      async () => {
        await open(`/projects/travel/runs/${run}`, ['button', { name: 'Replay with the draft' }]);
        await page.getByRole('button', { name: 'Replay with the draft' }).click();
        await page.getByRole('region', { name: 'Replay', exact: true }).waitFor();
        await page.waitForTimeout(1000);
      },
    ],
    [
      'connections',
      async () => {
        await open(`${at}/settings#connections`, ['button', { name: 'New connection' }]);
        await page.getByRole('button', { name: 'New connection' }).click();
        await page.getByRole('dialog').waitFor();
        await page.waitForTimeout(600);
      },
    ],
    [
      'guard',
      () =>
        page
          .goto('about:blank')
          .then(() => open(`${at}/settings#guard`, ['heading', { name: 'Output guard' }])),
    ],
    ['connect', () => open(`${at}/connect`, ['heading', { name: 'Connect', exact: true }])],
    [
      'try',
      async () => {
        await open(`${at}/try?item=tool:plan_trip`, ['heading', { name: 'Plan a trip day' }]);
        await page.getByLabel('City').fill('Oslo');
        await page.getByRole('button', { name: /^Call/ }).click();
        await page.getByText('Answered', { exact: true }).waitFor();
        await page.waitForTimeout(600);
      },
    ],
    ['templates', () => open(`${at}/templates`, ['heading', { name: 'Templates' }])],
    ['insights', () => open(`${at}/insights`, ['heading', { name: 'Insights' }])],
    ['runs', () => open(`${at}/runs`, ['row', { name: /plan_trip/ }])],
    ['run', () => open(`/projects/travel/runs/${run}`, ['heading', {}])],
    ['knowledge', () => open(`${at}/knowledge/${base}`, ['cell', { name: /oslo/ }])],
    [
      'knowledge-document',
      () => open(`${at}/knowledge/${base}/documents/${document}?q=brown+cheese`, ['listitem', {}]),
    ],
    [
      'knowledge-search',
      () => open(`${at}/knowledge/${base}/search?q=waffles+with+brown+cheese`, ['listitem', {}]),
    ],
    ['knowledge-quality', () => open(`${at}/knowledge/${base}/quality`, ['row', { name: /Full text/ }])],
    [
      'import',
      async () => {
        await open(`${at}/import`, ['heading', { name: 'Import an API' }]);
        await page.getByLabel('Or paste it', { exact: false }).fill(ORDERS_API);
        await page.getByRole('button', { name: 'Read text' }).click();
        await page.getByRole('heading', { name: /8 operations/ }).waitFor();
        for (const nth of [1, 3, 4]) await page.getByRole('checkbox').nth(nth).click();
        await page.waitForTimeout(600);
      },
    ],
    ['settings', () => open(`${at}/settings`, ['heading', { name: 'Settings' }])],
    [
      'toolsets',
      async () => {
        await open(`${at}/connect`, ['heading', { name: 'Toolsets' }]);
        await page.getByText('/mcp/travel/analysis').waitFor();
        await page.getByRole('row', { name: /claude-code/ }).waitFor();
        const title = page.getByRole('heading', { name: 'Toolsets' });
        await title.evaluate((element) => element.scrollIntoView({ block: 'center' }));
        await page.waitForTimeout(600);
      },
    ],
    [
      'consent',
      async () => {
        await page.goto(await authorizeAddress(page, url));
        await page.getByRole('button', { name: 'Allow' }).waitFor();
        await page.waitForTimeout(600);
      },
    ],
    ['limits', () => open(`${at}/settings#limits`, ['heading', { name: 'Limits of calls' }])],
    ['members', () => open('/organization/members', ['heading', { name: 'Members' }])],
    ['account', () => open('/account', ['heading', { name: 'Two-factor' }])],
    ['audit', () => open('/organization/audit', ['cell', { name: /Published a workflow/ }])],
    [
      'commands',
      async () => {
        await open(`${at}/runs`, ['row', { name: /plan_trip/ }]);
        await page.keyboard.press('Control+k');
        await page.getByRole('dialog', { name: 'Commands' }).getByRole('combobox').fill('new');
        await page.waitForTimeout(300);
      },
    ],
    // The last one: it needs another draft than the pictures before.
    [
      'versions',
      async () => {
        await redraw();
        await open(`${at}/workflows/${plan}/versions`, ['complementary', { name: 'Changes' }]);
        await page.locator('.react-flow__node').first().waitFor();
        await page.waitForTimeout(1000);
      },
    ],
  ];
}

/** Where an app sends people that it wants to be let in by. */
async function authorizeAddress(page, url) {
  const redirect = 'https://app.example.com/callback';
  const registered = await page.request.post(`http://127.0.0.1:${server.port}/oauth/register`, {
    data: { client_name: 'Travel assistant', redirect_uris: [redirect], token_endpoint_auth_method: 'none' },
  });
  const { client_id } = await registered.json();
  const query = new URLSearchParams({
    response_type: 'code',
    client_id,
    redirect_uri: redirect,
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
    resource: `${url}/mcp/travel`,
    scope: 'mcp:call',
    state: 'x',
  });
  return `${url}/oauth/authorize?${query}`;
}

/** A travel desk: five tools, two of them drafts, with a day's calls of three clients. */
async function fillExample(api, url) {
  const project = '/projects/travel';
  await api('PATCH', '/projects/starter', { name: 'Travel desk', slug: 'travel' });
  await api('PATCH', project, { env: { WEATHER_URL: weather.url } });
  for (const template of ['csv-summary', 'to-do-list', 'public-holidays', 'ask-first']) {
    await api('POST', `${project}/templates`, { template });
  }
  const { items } = await api('GET', `${project}/workflows`);
  const published = new Set(['summarize_csv']);
  for (const { id, name, revision } of items.filter((workflow) => published.has(workflow.name))) {
    await api('POST', `${project}/workflows/${id}/publish`, { revision, note: `First ${name}` });
  }
  const plan = items.find(({ name }) => name === 'plan_trip').id;
  const clients = [
    ['Claude Code on Ada’s laptop', { name: 'claude-code', version: '2.1.14' }],
    ['Cursor of the desk', { name: 'cursor', version: '2.3' }],
    ['Night shift', { name: 'travel-bot', version: '0.9' }],
  ];
  const cities = ['Lisbon', 'Oslo', 'Kyoto', 'Paris'];
  for (const [index, [name, client]] of clients.entries()) {
    const { secret } = await api('POST', `${project}/keys`, { name });
    await callTool(url, secret, client, 'summarize_csv', { table: 'city,days\nOslo,3\nLisbon,5\n' });
    for (const city of cities.slice(index)) await callTool(url, secret, client, 'plan_trip', { city });
  }
  await api('POST', `${project}/connections`, {
    name: 'Booking desk',
    type: 'bearer',
    hosts: ['api.bookings.example'],
    secret: { token: 'demo-0123456789' },
  });
  await api('POST', `${project}/toolsets`, {
    name: 'analysis',
    title: 'Looking only',
    description: 'What changes nothing, for reports.',
    access: 'oauth',
    readOnly: true,
    workflows: ['plan_trip', 'summarize_csv'],
  });
  const drawings = await drawMore(api, url, project);
  await api('POST', '/organization/invitations', { email: 'grace@example.com', role: 'editor' });
  // Runs are written within a moment.
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const runs = await api('GET', `${project}/runs?workflow=${plan}`);
  const { base, document } = await fillKnowledge(api, project);
  const { id: run } = runs.items.find(({ status }) => status === 'succeeded');
  await changeDraft(api, `${project}/workflows/${plan}`);
  const redraw = () => insertStep(api, `${project}/workflows/${plan}`);
  return { at: project, plan, run, base, document, drawings, redraw };
}

/** What the pictures of single steps and screens show; answers the ids. */
async function drawMore(api, url, project) {
  const make = (document) =>
    api('POST', `${project}/workflows`, { name: document.name, ...(document.nodes && { document }) });
  const empty = await make({ name: 'find_invoice' });
  const orders = await make(
    drawn('sort_request', 'Sorts what a guest writes, and drafts a letter.', [
      ['arguments', 'input', { schema: TEXT }],
      [
        'sort',
        'ai-model',
        {
          provider: 'openai',
          model: 'gpt-5-mini',
          system: 'You sort requests of guests of a travel agency.',
          prompt: 'Is this a booking, a change or a complaint?\n\n{{ input.text }}',
          answer: { type: 'text' },
        },
      ],
      ['letter', 'template', { text: 'Dear guest,\nwe will see to this today.' }],
      ['answer', 'output', { parts: [{ type: 'text', text: '{{ steps.letter }}' }] }],
    ]),
  );
  const note = await make({
    ...drawn('trip_note', 'What the desk noted about a trip.', [
      ['arguments', 'input', { schema: TEXT }],
      ['answer', 'output', { parts: [{ type: 'text', text: '{{ input.text }}' }] }],
    ]),
    kind: 'resource',
    settings: { resource: { uri: 'trips://{text}', mimeType: 'text/markdown' } },
  });
  const refund = await make(
    drawn('refund_booking', 'Pays a booking back, after somebody agreed.', [
      ['arguments', 'input', { schema: TEXT }],
      [
        'consent',
        'approve',
        {
          message: 'Pay 120 € back to Grace?',
          details: { booking: 'OSL-1042', paid: '2026-11-03', amount: 120 },
        },
      ],
      [
        'answer',
        'output',
        { parts: [{ type: 'text', text: 'Paid back, as {{ steps.consent.by }} agreed.' }] },
      ],
    ]),
  );
  await api('POST', `${project}/workflows/${refund.id}/publish`, { revision: refund.revision });
  const { secret } = await api('POST', `${project}/keys`, { name: 'Front desk' });
  const client = { name: 'claude-code', version: '2.1.14' };
  await callTool(url, secret, client, 'refund_booking', { text: 'OSL-1042' });
  return { empty: empty.id, orders: orders.id, note: note.id };
}

/** A tool of steps one behind the other, as `[key, kind, config]`. */
function drawn(name, description, steps) {
  const handle = (kind) => (kind === 'approve' ? 'approved' : 'out');
  return {
    schemaVersion: 1,
    kind: 'tool',
    name,
    title: '',
    description,
    settings: {},
    nodes: steps.map(([id, kind, config], index) => ({
      ...{ id, key: id, kind, config },
      position: { x: index * 320, y: 0 },
    })),
    edges: steps.slice(1).map(([id], index) => {
      const [before, kind] = steps[index];
      return { id: `${before}_${id}`, from: { node: before, handle: handle(kind) }, to: { node: id } };
    }),
  };
}

/** Questions about the documents that the project begins with, measured twice. */
async function fillKnowledge(api, project) {
  const { items: bases } = await api('GET', `${project}/knowledge`);
  const [{ id: base }] = bases;
  const at = `${project}/knowledge/${base}`;
  for (;;) {
    const { counts } = await api('GET', `${at}/documents`);
    if (counts.pending === 0) break;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const { items } = await api('GET', `${at}/documents?q=oslo`);
  const [{ id: document }] = items;
  const settings = [{ mode: 'text', topK: 10, rerank: false }];
  const { items: proposed } = await api('POST', `${at}/questions/propose`, { count: 12 });
  const [first, ...others] = proposed;
  await api('PATCH', `${at}/questions/${first.id}`, { origin: 'user' });
  await api('POST', `${at}/questions`, {
    text: 'Where can I try waffles with brown cheese?',
    expected: [{ document, heading: 'Food' }],
  });
  await api('POST', `${at}/evaluations`, { settings });
  await api('POST', `${at}/questions`, {
    text: 'Which town is best by night train?',
    expected: [{ document, quote: 'ferry' }],
  });
  for (const { id } of others.slice(0, 7)) await api('PATCH', `${at}/questions/${id}`, { origin: 'user' });
  await api('POST', `${at}/evaluations`, { settings });
  return { base, document };
}

/** So that there is something to publish. */
async function changeDraft(api, at) {
  const { document, revision } = await api('GET', at);
  const description = `${document.description} It names what to wear.`;
  await api('PUT', `${at}/draft`, { revision, document: { ...document, description } });
}

/** One step more before the answer, so that the graphs of two versions differ. */
async function insertStep(api, at) {
  const { document, revision } = await api('GET', at);
  const answer = document.nodes.find(({ kind }) => kind === 'output');
  const tip = {
    id: 'tip',
    key: 'tip',
    kind: 'template',
    config: { text: 'Take a coat.' },
    position: { ...answer.position },
  };
  const nodes = document.nodes.map((node) =>
    node === answer ? { ...node, position: { ...node.position, x: node.position.x + 320 } } : node,
  );
  const edges = document.edges.map((edge) =>
    edge.to.node === answer.id ? { ...edge, to: { node: tip.id } } : edge,
  );
  edges.push({ id: 'tip_answer', from: { node: tip.id, handle: 'out' }, to: { node: answer.id } });
  await api('PUT', `${at}/draft`, { revision, document: { ...document, nodes: [...nodes, tip], edges } });
}

async function callTool(url, secret, client, name, args) {
  const response = await fetch(`${url}/mcp/travel`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      authorization: `Bearer ${secret}`,
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': name,
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: {
        name,
        arguments: args,
        _meta: {
          'io.modelcontextprotocol/protocolVersion': '2026-07-28',
          'io.modelcontextprotocol/clientInfo': client,
          'io.modelcontextprotocol/clientCapabilities': {},
        },
      },
    }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${name} could not be called: ${text}`);
}

function apiOf(page, url) {
  return async (method, path, data) => {
    const response = await page.request.fetch(`${url}/api/v1${path}`, {
      method,
      headers: { origin: SHOWN_URL },
      ...(data === undefined ? {} : { data }),
    });
    const text = await response.text();
    if (!response.ok()) throw new Error(`${method} ${path} was refused: ${text}`);
    return text === '' ? null : JSON.parse(text);
  };
}

/** Weather that is the same every day. */
async function startWeather() {
  const service = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify({
        current_condition: [
          {
            temp_C: '14',
            FeelsLikeC: '13',
            weatherDesc: [{ value: 'Partly cloudy' }],
            precipMM: '0.2',
            humidity: '62',
            windspeedKmph: '11',
          },
        ],
      }),
    );
  });
  await new Promise((resolve) => service.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${service.address().port}`, close: () => service.close() };
}

async function startPatchbay() {
  const port = await freePort();
  const child = spawn(process.execPath, ['workers/server.ts'], {
    cwd: root,
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      NEXT_DIST_DIR: process.env.NEXT_DIST_DIR ?? '.next',
      NEXT_TELEMETRY_DISABLED: '1',
      PORT: String(port),
      PUBLIC_URL: SHOWN_URL,
      DATA_DIR: folder,
      LOG_LEVEL: 'error',
      EGRESS_ALLOW: '127.0.0.1',
      PATCHBAY_ADMIN_EMAIL: ACCOUNT.email,
      PATCHBAY_ADMIN_PASSWORD: ACCOUNT.password,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve, reject) => {
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
      if (output.includes('Patchbay is at')) resolve();
    });
    child.once('exit', () => reject(new Error(`The server ended:\n${output}`)));
  });
  return { child, port };
}

async function freePort() {
  const probe = createServer();
  await new Promise((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
