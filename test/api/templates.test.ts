import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kinds } from '#lib/nodes/index.ts';
import { readTemplates } from '#lib/operations/templates.ts';
import { compile } from '#lib/workflow/compile.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import { lint } from '#lib/workflow/lint.ts';
import { eventually, startTestServer, type TestServer } from './server.ts';

// Every template is added to a project, published and called by the official client; what it asks of the world is
// answered by a small server that speaks as the real ones do.

/** Answers by path and query, in the shape of each service's documentation. */
const WORLD: Record<string, JsonValue> = {
  '/v1/search?name=Lisbon&count=1&language=en&format=json': {
    results: [{ id: 2267057, name: 'Lisbon', country: 'Portugal', latitude: 38.72, longitude: -9.13 }],
    generationtime_ms: 0.6,
  },
  // Open-Meteo leaves the list out when nothing is found.
  '/v1/search?name=Nowhere&count=1&language=en&format=json': { generationtime_ms: 0.3 },
  '/v1/forecast?latitude=38.72&longitude=-9.13&daily=weather_code%2Ctemperature_2m_max%2Ctemperature_2m_min%2Cprecipitation_sum&timezone=auto&forecast_days=2':
    {
      latitude: 38.7,
      longitude: -9.1,
      timezone: 'Europe/Lisbon',
      daily: {
        time: ['2026-11-21', '2026-11-22'],
        weather_code: [2, 63],
        temperature_2m_max: [18.4, 16.1],
        temperature_2m_min: [11.2, 12],
        precipitation_sum: [0, 7.5],
      },
    },
  '/v1/latest?base=EUR&symbols=USD': { amount: 1, base: 'EUR', date: '2026-11-20', rates: { USD: 1.16 } },
  '/w/rest.php/v1/search/page?q=first+programmer&limit=1': {
    pages: [{ id: 974, key: 'Ada_Lovelace', title: 'Ada Lovelace', excerpt: '…' }],
  },
  '/w/rest.php/v1/search/page?q=zzyzx+qqq&limit=1': { pages: [] },
  '/api/rest_v1/page/summary/Ada_Lovelace': {
    title: 'Ada Lovelace',
    description: 'English mathematician (1815–1852)',
    extract: 'Ada Lovelace wrote the first algorithm for a machine.',
    content_urls: { desktop: { page: 'https://en.wikipedia.org/wiki/Ada_Lovelace' } },
  },
  '/api/v3/PublicHolidays/2027/DE': [
    { date: '2027-01-01', localName: 'Neujahr', name: "New Year's Day", countryCode: 'DE', global: true },
    {
      date: '2027-01-06',
      localName: 'Heilige Drei Könige',
      name: 'Epiphany',
      countryCode: 'DE',
      global: false,
    },
  ],
  '/v0/topstories.json': [101, 102, 103, 104],
  '/v0/item/101.json': {
    id: 101,
    type: 'story',
    title: 'One',
    url: 'https://one.example/',
    score: 10,
    descendants: 4,
  },
  // A question has no address of its own; and an item may be gone.
  '/v0/item/102.json': { id: 102, type: 'story', title: 'Ask: two?', score: 7, descendants: 0 },
  '/v0/item/103.json': null,
  '/repos/nodejs/node': {
    full_name: 'nodejs/node',
    description: 'Node.js JavaScript runtime',
    html_url: 'https://github.com/nodejs/node',
    stargazers_count: 110000,
    forks_count: 30000,
    open_issues_count: 1700,
    license: { spdx_id: 'MIT' },
    language: 'JavaScript',
    archived: false,
    pushed_at: '2026-11-20T10:00:00Z',
  },
  '/repos/nodejs/node/releases/latest': { tag_name: 'v26.2.0' },
};

const PAGE = `<!doctype html><html><head><title>Tea &amp; cake</title><style>p { color: red }</style></head>
<body><nav><a href="/">Home</a></nav><h1>Tea</h1><p>Hot <b>water</b> and
<a href="leaves.html">leaves &lt;dried&gt;</a>.</p><ul><li>green</li><li>black</li></ul>
<pre>cups  = 2
pots = 1</pre><script>alert(1)</script></body></html>`;

/** What the model answers, and what it was asked. */
let modelSays = '';
const modelAsked: { messages: { content: string }[] }[] = [];

let world: Server;
let address: string;
let server: TestServer;

beforeAll(async () => {
  world = createServer((request, response) => {
    const path = request.url ?? '';
    if (path === '/pages/tea.html') {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(PAGE);
      return;
    }
    if (path === '/v1/chat/completions') {
      let body = '';
      request.on('data', (data: Buffer) => {
        body += data.toString();
      });
      request.on('end', () => {
        modelAsked.push(JSON.parse(body));
        const message = { role: 'assistant', content: modelSays };
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ model: 'm', choices: [{ message, finish_reason: 'stop' }] }));
      });
      return;
    }
    const known = path in WORLD;
    response.writeHead(known ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(known ? WORLD[path] : { message: 'Not Found' }));
  });
  await new Promise<void>((resolve) => world.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(world.address() as AddressInfo).port}`;
  server = await startTestServer();
});

afterAll(async () => {
  await server?.close();
  world?.closeAllConnections();
  world?.close();
});

interface Connected {
  call(
    tool: string,
    args: JsonObject,
  ): Promise<{ text: string; data: unknown; failed: boolean; links: JsonObject[] }>;
  tools(): Promise<string[]>;
  close(): Promise<void>;
}

/** Adds a template to a new project whose environment points at the small world, publishes it, and connects. */
async function use(id: string, answers?: (message: string) => JsonObject): Promise<Connected> {
  const { owner } = server;
  const slug = `use-${id}`;
  const template = (await readTemplates()).find((one) => one.id === id)!;
  expect((await owner.post('/projects', { name: slug, slug })).status).toBe(201);
  const env = Object.fromEntries(Object.keys(template.content.env).map((name) => [name, address]));
  await owner.patch(`/projects/${slug}`, { env });
  const added = await owner.post(`/projects/${slug}/templates`, { template: id });
  expect(added.status, JSON.stringify(added.body)).toBe(201);
  for (const { id: workflow } of added.body.workflows) {
    const { body } = await owner.get(`/projects/${slug}/workflows/${workflow}`);
    const done = await owner.post(`/projects/${slug}/workflows/${workflow}/publish`, {
      revision: body.revision,
    });
    expect(done.status, JSON.stringify(done.body)).toBeLessThan(300);
  }
  const key = await owner.post(`/projects/${slug}/keys`, { name: 'test' });
  const client = new Client(
    { name: 'templates', version: '1' },
    { capabilities: answers ? { elicitation: { form: {} } } : {} },
  );
  if (answers) {
    client.setRequestHandler('elicitation/create', ({ params }) => answers(params.message) as never);
  }
  const requestInit = { headers: { authorization: `Bearer ${key.body.secret}` } };
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`${server.url}/mcp/${slug}`), { requestInit }),
  );
  return {
    call: async (name, args) => {
      const answer = await client.callTool({ name, arguments: args });
      const content = answer.content as { type: string; text: string }[];
      const links = content.filter(({ type }) => type === 'resource_link') as JsonObject[];
      const failed = answer.isError === true;
      return { text: content[0]?.text ?? '', data: answer.structuredContent, failed, links };
    },
    tools: async () => (await client.listTools()).tools.map(({ name }) => name).sort(),
    close: () => client.close(),
  };
}

it('there are fourteen, each with words, tags and a sample that fits, and definitions that models understand', async () => {
  const templates = await readTemplates();
  expect(templates).toHaveLength(14);
  const page = await readFile(new URL('../../docs/templates.md', import.meta.url), 'utf8');
  for (const { id, title, tool, content, tags, needs, input } of templates) {
    const line = page.split('\n').find((text) => text.startsWith(`| ${title} |`));
    for (const said of [
      ...content.workflows.map(({ name }) => name),
      ...needs.filter((host) => host.includes('.')),
    ]) {
      expect(line, `docs/templates.md: ${id}`).toContain(said);
    }
    const others = content.workflows.map(({ name }) => name);
    expect(others, id).toContain(tool);
    expect(tags.length, id).toBeGreaterThan(0);
    const hosts = Object.values(content.env).map((url) => new URL(url).host);
    if (hosts.length > 0) expect(needs, id).toEqual(hosts);
    for (const { name, document } of content.workflows) {
      const { contract, problems } = compile(document, kinds, { env: Object.keys(content.env) });
      expect(problems, `${id}: ${name}`).toEqual([]);
      const { score, advice } = lint(contract!, { project: id, others });
      expect(score, `${id}: ${name}: ${JSON.stringify(advice)}`).toBeGreaterThanOrEqual(90);
      if (name !== tool) continue;
      expect(Object.keys(contract!.inputSchema['properties'] ?? {}), id).toEqual(
        expect.arrayContaining(Object.keys(input)),
      );
    }
  }
});

describe('called by a client', () => {
  it('weather', async () => {
    const client = await use('weather');
    const { data } = await client.call('get_weather_forecast', { place: 'Lisbon', days: 2 });
    expect(data).toEqual({
      place: 'Lisbon, Portugal',
      days: [
        { date: '2026-11-21', weather: 'partly cloudy', low_celsius: 11.2, high_celsius: 18.4, rain_mm: 0 },
        { date: '2026-11-22', weather: 'rain', low_celsius: 12, high_celsius: 16.1, rain_mm: 7.5 },
      ],
    });
    expect(await client.call('get_weather_forecast', { place: 'Nowhere' })).toMatchObject({
      failed: true,
      text: expect.stringContaining('No place called "Nowhere"'),
    });
    await client.close();
  });

  it('currency', async () => {
    const client = await use('currency');
    const { data, text } = await client.call('convert_currency', { amount: 250, from: 'EUR', to: 'USD' });
    expect(data).toEqual({
      amount: 250,
      from: 'EUR',
      to: 'USD',
      rate: 1.16,
      result: 290,
      date: '2026-11-20',
    });
    expect(text).toBe('250 EUR = 290 USD (rate 1.16 of 2026-11-20)');
    expect((await client.call('convert_currency', { amount: 3, from: 'CHF', to: 'CHF' })).data).toMatchObject(
      {
        rate: 1,
        result: 3,
      },
    );
    expect(await client.call('convert_currency', { amount: 3, from: 'EUR', to: 'XXX' })).toMatchObject({
      failed: true,
      text: expect.stringContaining('no reference rate from EUR to XXX'),
    });
    await client.close();
  });

  it('wikipedia', async () => {
    const client = await use('wikipedia');
    const { data } = await client.call('look_up_wikipedia', { subject: 'first programmer' });
    expect(data).toEqual({
      title: 'Ada Lovelace',
      description: 'English mathematician (1815–1852)',
      summary: 'Ada Lovelace wrote the first algorithm for a machine.',
      url: 'https://en.wikipedia.org/wiki/Ada_Lovelace',
    });
    expect((await client.call('look_up_wikipedia', { subject: 'zzyzx qqq' })).failed).toBe(true);
    await client.close();
  });

  it('public-holidays', async () => {
    const client = await use('public-holidays');
    const { data } = await client.call('list_public_holidays', { country: 'DE', year: 2027 });
    expect(data).toEqual({
      country: 'DE',
      year: 2027,
      holidays: [
        { date: '2027-01-01', name: "New Year's Day", local_name: 'Neujahr', nationwide: true },
        { date: '2027-01-06', name: 'Epiphany', local_name: 'Heilige Drei Könige', nationwide: false },
      ],
    });
    expect((await client.call('list_public_holidays', { country: 'ZZ', year: 2027 })).text).toContain(
      'No holidays are known for ZZ in 2027',
    );
    await client.close();
  });

  it('hacker-news', async () => {
    const client = await use('hacker-news');
    const { data } = await client.call('list_hacker_news_stories', { count: 3 });
    expect(data).toEqual({
      stories: [
        {
          title: 'One',
          url: 'https://one.example/',
          points: 10,
          comments: 4,
          discussion: 'https://news.ycombinator.com/item?id=101',
        },
        {
          title: 'Ask: two?',
          url: 'https://news.ycombinator.com/item?id=102',
          points: 7,
          comments: 0,
          discussion: 'https://news.ycombinator.com/item?id=102',
        },
      ],
    });
    await client.close();
  });

  it('github-repository', async () => {
    const client = await use('github-repository');
    const { data } = await client.call('get_github_repository', { owner: 'nodejs', repository: 'node' });
    expect(data).toMatchObject({ stars: 110000, license: 'MIT', latest_release: 'v26.2.0', archived: false });
    expect(
      await client.call('get_github_repository', { owner: 'nodejs', repository: 'nothing' }),
    ).toMatchObject({
      failed: true,
      text: expect.stringContaining('no public repository of this name'),
    });
    await client.close();
  });

  it('web-page', async () => {
    const client = await use('web-page');
    const { data } = await client.call('read_web_page', { url: `${address}/pages/tea.html` });
    expect(data).toEqual({
      url: `${address}/pages/tea.html`,
      title: 'Tea & cake',
      markdown: [
        '# Tea',
        '',
        `Hot **water** and [leaves <dried>](${address}/pages/leaves.html).`,
        '',
        '- green',
        '- black',
        '',
        '```',
        'cups  = 2',
        'pots = 1',
        '```',
      ].join('\n'),
      truncated: false,
    });
    await client.close();
  });

  it('csv-summary', async () => {
    const client = await use('csv-summary');
    const { data } = await client.call('summarize_csv', {
      table: 'city,temperature\nOslo,4\nLisbon,18\nOslo,6.5\n',
    });
    expect(data).toEqual({
      rows: 3,
      columns: [
        {
          name: 'city',
          type: 'text',
          filled: 3,
          distinct: 2,
          commonest: [
            { value: 'Oslo', count: 2 },
            { value: 'Lisbon', count: 1 },
          ],
        },
        {
          name: 'temperature',
          type: 'number',
          filled: 3,
          distinct: 3,
          min: 4,
          max: 18,
          mean: 9.5,
          sum: 28.5,
        },
      ],
    });
    await client.close();
  });

  it('to-do-list', async () => {
    const client = await use('to-do-list');
    expect(await client.tools()).toEqual(['add_task', 'complete_task', 'list_tasks']);
    await client.call('add_task', { task: 'Water the plants', due: '2027-01-15' });
    expect((await client.call('add_task', { task: 'Buy tea' })).data).toEqual({
      number: 2,
      task: 'Buy tea',
      due: null,
      done: false,
    });
    expect((await client.call('complete_task', { number: 1 })).text).toBe('Done: Water the plants');
    expect((await client.call('list_tasks', {})).text).toBe('2. Buy tea');
    expect((await client.call('list_tasks', { which: 'all' })).data).toEqual({
      tasks: [
        { number: 1, task: 'Water the plants', due: '2027-01-15', done: true },
        { number: 2, task: 'Buy tea', due: null, done: false },
      ],
    });
    expect((await client.call('complete_task', { number: 9 })).failed).toBe(true);
    await client.close();
  });

  it('ask-first', async () => {
    const asked: string[] = [];
    let answer: JsonObject = { action: 'accept', content: { room: 'garden' } };
    const client = await use('ask-first', (message) => {
      asked.push(message);
      return answer;
    });
    const booking = { date: '2027-01-15', start: '14:00', purpose: 'Planning' };
    expect((await client.call('book_meeting_room', booking)).data).toEqual({
      booked: true,
      room: 'garden',
      date: '2027-01-15',
      start: '14:00',
    });
    expect(asked[0]).toContain('Which room on 2027-01-15 at 14:00 ("Planning")?');
    expect((await client.call('book_meeting_room', { ...booking, purpose: 'Review' })).text).toContain(
      'is taken at 14:00 on 2027-01-15 ("Planning")',
    );
    answer = { action: 'decline' };
    expect((await client.call('book_meeting_room', { ...booking, start: '15:00' })).data).toMatchObject({
      booked: false,
    });
    await client.close();
  });

  it('handbook', async () => {
    const client = await use('handbook');
    const { data } = await eventually(async () => {
      const answer = await client.call('search_handbook', { question: 'days of holiday', passages: 1 });
      // The documents are read one after the other.
      return answer.text.includes('holidays.md') && answer;
    });
    expect(data).toEqual({
      passages: [
        {
          source: 'holidays.md',
          section: 'Holidays › How many days',
          text: expect.stringContaining('28 days of holiday a year'),
        },
      ],
    });
    expect((await client.call('search_handbook', { question: 'zzyzx' })).text).toBe(
      'The handbook says nothing about this.',
    );
    await client.close();
  });

  it('answer-from-documents', async () => {
    const client = await use('answer-from-documents');
    // The connection comes without a key: this is where somebody gives it one.
    const { items } = (await server.owner.get('/projects/use-answer-from-documents/connections')).body;
    await server.owner.patch(`/projects/use-answer-from-documents/connections/${items[0].id}`, {
      hosts: [new URL(address).host],
      secret: { token: 'sk-0123456789' },
    });
    const question = 'How many days of holiday are there?';
    modelSays =
      'Everybody has "28 days of holiday a year" [1]. Days "can be sold to others" [1]. Nobody knows why. Dogs are welcome [9].';
    const { data, links } = await eventually(async () => {
      const answer = await client.call('answer_from_documents', { question });
      // The documents are read one after the other.
      expect(answer.failed, answer.text).toBe(false);
      return answer.text.includes('28 days') && answer;
    });
    expect(data).toEqual({
      answer: 'Everybody has "28 days of holiday a year" [1].',
      supported: false,
      left_out: ['Days "can be sold to others" [1].', 'Nobody knows why.', 'Dogs are welcome [9].'],
      sources: [
        {
          number: 1,
          title: 'Holidays',
          uri: 'knowledge://Documents/holidays.md',
          quote: expect.stringContaining('28 days of holiday a year'),
        },
      ],
    });
    expect(links).toMatchObject([{ uri: 'knowledge://Documents/holidays.md', name: '[1] Holidays' }]);
    // What it was asked: the passages as data, with their numbers.
    const [, asked] = modelAsked.at(-1)!.messages;
    expect(asked!.content).toContain('[1] Holidays');
    modelSays = 'It is all made up.';
    expect((await client.call('answer_from_documents', { question })).text).toBe('The documents do not say.');
    expect((await client.call('answer_from_documents', { question: 'zzyzx' })).text).toBe(
      'The documents do not say.',
    );
    await client.close();
  });

  it('search-and-fetch', async () => {
    const client = await use('search-and-fetch');
    expect(await client.tools()).toEqual(['fetch', 'search']);
    const { data, text } = await eventually(async () => {
      const answer = await client.call('search', { query: 'days of holiday' });
      return answer.text.includes('Holidays') && answer;
    });
    // The same as data and as text, for clients of either kind.
    expect(JSON.parse(text)).toEqual(data);
    const [first] = (data as { results: { id: string }[] }).results;
    expect(first).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      title: 'Holidays',
      url: 'knowledge://Library/holidays.md',
      text: expect.stringContaining('28 days of holiday a year'),
    });
    const fetched = await client.call('fetch', { id: first!.id });
    expect(JSON.parse(fetched.text)).toEqual(fetched.data);
    expect(fetched.data).toEqual({
      id: first!.id,
      title: 'Holidays',
      text: expect.stringMatching(
        /^# Holidays\n\n## How many days\n\nEverybody has 28 days[\s\S]*## Asking for them/,
      ),
      url: 'knowledge://Library/holidays.md',
      metadata: { document: 'holidays.md', type: 'text/markdown', next: null },
    });
    expect(await client.call('fetch', { id: 'nothing' })).toMatchObject({
      failed: true,
      text: expect.stringContaining('Use an id that search gives'),
    });
    await client.close();
  });

  it('rate-watch', async () => {
    const client = await use('rate-watch');
    expect((await client.call('get_rate_history', { from: 'EUR', to: 'USD' })).failed).toBe(true);
    expect((await client.call('record_exchange_rate', { from: 'EUR', to: 'USD' })).text).toBe(
      '1 EUR = 1.16 USD on 2026-11-20; noted.',
    );
    const path = '/v1/latest?base=EUR&symbols=USD';
    const before = WORLD[path]!;
    WORLD[path] = { amount: 1, base: 'EUR', date: '2026-11-23', rates: { USD: 1.1832 } };
    await client.call('record_exchange_rate', { from: 'EUR', to: 'USD' });
    WORLD[path] = before;
    expect((await client.call('get_rate_history', { from: 'EUR', to: 'USD' })).data).toEqual({
      from: 'EUR',
      to: 'USD',
      days: [
        { date: '2026-11-20', rate: 1.16 },
        { date: '2026-11-23', rate: 1.1832 },
      ],
      change_percent: 2,
    });
    const { items } = (await server.owner.get('/projects/use-rate-watch/workflows')).body;
    const { id } = items.find(({ name }: { name: string }) => name === 'record_exchange_rate');
    const triggers = await server.owner.get(`/projects/use-rate-watch/workflows/${id}/triggers`);
    expect(triggers.body.items).toMatchObject([
      { name: 'Every working day', cron: '30 16 * * 1-5', enabled: true },
    ]);
    await client.close();
  });
});

describe('adding', () => {
  const at = '/projects/adding';

  it('keeps what the project has: names get a number, environment values stay', async () => {
    const { owner } = server;
    await owner.post('/projects', { name: 'Adding', slug: 'adding' });
    await owner.patch(at, { env: { OPEN_METEO_URL: 'https://weather.example' } });
    await owner.post(`${at}/templates`, { template: 'weather' });
    const again = await owner.post(`${at}/templates`, { template: 'weather' });
    expect(again.body.workflows).toEqual([{ id: again.body.open, name: 'get_weather_forecast_2' }]);
    const { body } = await owner.get(`${at}/workflows/${again.body.open}`);
    expect(body.document.name).toBe('get_weather_forecast_2');
    expect((await owner.get(at)).body.env).toEqual({
      OPEN_METEO_URL: 'https://weather.example',
      OPEN_METEO_GEOCODING_URL: 'https://geocoding-api.open-meteo.com',
    });
  });

  it('a second handbook is one of its own, and its workflow reads that one', async () => {
    const { owner } = server;
    await owner.post(`${at}/templates`, { template: 'handbook' });
    const { body } = await owner.post(`${at}/templates`, { template: 'handbook' });
    const bases = (await owner.get(`${at}/knowledge`)).body.items as { id: string; name: string }[];
    expect(bases.map(({ name }) => name).sort()).toEqual(['Handbook', 'Handbook 2']);
    const { document } = (await owner.get(`${at}/workflows/${body.open}`)).body;
    const lookUp = document.nodes.find(({ kind }: { kind: string }) => kind === 'knowledge');
    expect(lookUp.config.base).toBe(bases.find(({ name }) => name === 'Handbook 2')!.id);
  });

  it('refuses what there is not, and viewers', async () => {
    expect((await server.owner.post(`${at}/templates`, { template: 'nothing' })).status).toBe(404);
    expect((await server.owner.post(`${at}/templates`, { template: '../starter' })).status).toBe(404);
    const viewer = await server.person('Vic', { role: 'viewer' });
    expect((await viewer.get('/templates')).body.items).toHaveLength(14);
    expect((await viewer.post(`${at}/templates`, { template: 'weather' })).status).toBe(403);
  });
});
