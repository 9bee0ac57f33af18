import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EvaluationDetail } from '#lib/operations/evaluate-base.ts';
import type { QuestionView } from '#lib/operations/knowledge-questions.ts';
import { DATABASES, type EmptyDatabase } from '#test/support/databases.ts';
import { withStep } from './documents.ts';
import { eventually, startTestServer, type TestServer } from './server.ts';

const HANDBOOK = `# Handbook

## Returns

Money is paid back within fourteen days of the parcel.

## Shipping

A parcel is the thing that we send. It costs five euros.

## Who waters the plants?

Whoever comes first in the morning.
`;

/** Speaks as a model does; its first question quotes the passage, the second makes its quotation up. */
const MODEL = {
  questions: [
    ...[1, 2, 3, 4].map((passage) => ({
      ...{ passage, question: 'When do I see my money again?', quote: 'Money is paid back' },
    })),
    { passage: 1, question: 'Is it free?', quote: 'all of it is free' },
    { passage: 99, question: 'Where is it?', quote: 'Money' },
  ],
};

describe.each(DATABASES)('the quality of a knowledge base, on $name', ({ create }) => {
  let database: EmptyDatabase;
  let server: TestServer;
  let model: Server;
  let at: string;
  let asked = '';

  beforeAll(async () => {
    database = await create();
    model = createServer((request, response) => {
      request.on('data', (data: Buffer) => {
        asked += data.toString();
      });
      request.on('end', () => {
        const message = { role: 'assistant', content: JSON.stringify(MODEL) };
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ model: 'm', choices: [{ message, finish_reason: 'stop' }] }));
      });
    });
    await new Promise<void>((resolve) => model.listen(0, '127.0.0.1', resolve));
    server = await startTestServer({
      DATABASE_URL: database.url,
      ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
    });
    await server.owner.post('/projects', { name: 'Library', slug: 'library' });
    const { body } = await server.owner.post('/projects/library/knowledge', { name: 'Handbook' });
    at = `/projects/library/knowledge/${body.id}`;
    const form = new FormData();
    form.append('file', new File([HANDBOOK], 'handbook.md'));
    form.append('file', new File(['# Garden\n\nThe garden opens at nine.'], 'garden.md'));
    await server.owner.send('POST', `${at}/documents`, form);
    await eventually(async () => {
      const { items } = (await server.owner.get(`${at}/documents`)).body;
      return items.every(({ status }: { status: string }) => status === 'ready');
    });
  });
  afterAll(async () => {
    await server?.close();
    await database?.remove();
    model?.closeAllConnections();
    model?.close();
  });

  const questions = async () => (await server.owner.get(`${at}/questions`)).body.items as QuestionView[];
  const evaluate = (settings: object[]) => server.owner.post(`${at}/evaluations`, { name: 'x', settings });

  it('cannot be measured without a question', async () => {
    const { status, body } = await evaluate([{}]);
    expect([status, body.detail]).toEqual([422, expect.stringContaining('no question')]);
  });

  it('questions are written, corrected, imported and deleted', async () => {
    const money = { text: 'money back', expected: [{ document: 'handbook.md', heading: 'Returns' }] };
    const added = await server.owner.post(`${at}/questions`, money);
    expect(added).toMatchObject({ status: 201, body: { ...money, origin: 'user' } });
    const table =
      'Question;Document;Heading;Quote\nmoney back;garden.md;;\nwhen does the garden open;garden.md;;opens at nine\nplants;garden.md;;\nfloods;gone.md;;\n';
    const brought = await server.owner.post(`${at}/questions/import`, { content: table });
    // The first is there already.
    expect(brought.body.items.map(({ text }: QuestionView) => text)).toEqual([
      'when does the garden open',
      'plants',
      'floods',
    ]);
    const wrong = await server.owner.post(`${at}/questions/import`, { content: 'question,document\nx,\n' });
    expect(wrong.status).toBe(422);
    expect(JSON.stringify(wrong.body)).toContain('Line 2 is no question');
    const list = [{ text: 'a', expected: [{ document: 'garden.md' }] }];
    const json = await server.owner.post(`${at}/questions/import`, { content: JSON.stringify(list) });
    expect(json.body.items).toMatchObject(list);
    await server.owner.send('DELETE', `${at}/questions/${json.body.items[0].id}`);
    const [first] = await questions();
    const patched = await server.owner.patch(`${at}/questions/${first!.id}`, { text: 'money is paid back' });
    expect(patched.body).toMatchObject({ text: 'money is paid back', expected: money.expected });
    expect((await questions()).map(({ text }) => text)).toEqual([
      'money is paid back',
      'when does the garden open',
      'plants',
      'floods',
    ]);
    const none = '00000000-0000-4000-8000-000000000000';
    expect((await server.owner.patch(`${at}/questions/${none}`, { text: 'x' })).status).toBe(404);
    expect((await server.owner.send('DELETE', `${at}/questions/${none}`)).status).toBe(404);
  });

  it('is measured with several settings side by side, and says what was found instead', async () => {
    const { status, body } = await evaluate([
      { mode: 'text' },
      { mode: 'text', minScore: 1 },
      { mode: 'hybrid' },
    ]);
    expect(status, JSON.stringify(body)).toBe(201);
    const { runs, results, asked: count, outdated } = body as EvaluationDetail;
    expect([count, outdated]).toEqual([4, false]);
    // Two are found at once; "plants" stand in another document; the document of "floods" is not there.
    expect(runs[0]).toMatchObject({
      ...{ questions: 4, mode: 'text', mrr: 0.5, ndcg: 0.5, recall: { 1: 0.5, 3: 0.5, 5: 0.5, 10: 0.5 } },
      settings: { mode: 'text', topK: 10, minScore: null, rerank: true },
    });
    // What scores less than the best there is, is left out.
    expect(runs[1]!.mrr).toBeLessThanOrEqual(0.5);
    // Without a model for embeddings it is searched by words, and that is said.
    expect(runs[2]).toMatchObject({ mode: 'text', warning: expect.stringContaining('embeddings') });
    expect(
      results[0]!.map(({ text, rank, lost, instead }) => [text, rank, lost, instead?.headings.at(-1)]),
    ).toEqual([
      ['money is paid back', 1, false, undefined],
      ['when does the garden open', 1, false, undefined],
      ['plants', null, false, 'Handbook'],
      ['floods', null, true, undefined],
    ]);
    const stored = await server.owner.get(`${at}/evaluations/${body.id}`);
    expect(stored.body).toEqual(body);
    const { items } = (await server.owner.get(`${at}/evaluations`)).body;
    expect(items).toHaveLength(1);
    expect(items[0]).not.toHaveProperty('results');
    expect(items[0]).toMatchObject({ id: body.id, runs: [{ mrr: 0.5 }, {}, {}] });
  });

  it('questions are proposed from the documents, and count when they are accepted', async () => {
    const { status, body } = await server.owner.post(`${at}/questions/propose`, { count: 10 });
    expect(status).toBe(201);
    const proposed = body.items as QuestionView[];
    expect(proposed.map(({ text, origin }) => [text, origin])).toEqual(
      expect.arrayContaining([
        ['Who waters the plants?', 'proposed'],
        ['What is a parcel?', 'proposed'],
      ]),
    );
    // Nothing twice.
    const again = await server.owner.post(`${at}/questions/propose`, { count: 10 });
    const texts = proposed.map(({ text }) => text);
    expect(again.body.items.some(({ text }: QuestionView) => texts.includes(text))).toBe(false);
    const plants = proposed.find(({ text }) => text === 'Who waters the plants?')!;
    expect((await evaluate([{}])).body.asked).toBe(4);
    await server.owner.patch(`${at}/questions/${plants.id}`, { origin: 'user' });
    const { body: after } = await evaluate([{}]);
    expect(after.asked).toBe(5);
    expect(after.results[0].at(-1)).toMatchObject({ text: plants.text, rank: 1 });
  });

  it('or by a model, of which only what stands in the passages is taken', async () => {
    const baseUrl = `http://127.0.0.1:${(model.address() as AddressInfo).port}/v1`;
    const { status, body } = await server.owner.post(`${at}/questions/propose`, {
      count: 5,
      model: { provider: 'openai', model: 'm', baseUrl },
    });
    expect(status, JSON.stringify(body)).toBe(201);
    expect(asked).toContain('fourteen days');
    expect(body.items.map(({ text }: QuestionView) => text)).toEqual(['When do I see my money again?']);
  });

  it('a regression shows before publishing: by its settings, and by its documents', async () => {
    const base = at.split('/').at(-1)!;
    const lookUp = (how: object) => ({
      ...withStep('knowledge', { base, query: '{{ input.text }}', answer: { type: 'passages' }, ...how }),
      name: 'look_up_handbook',
    });
    const { body: made } = await server.owner.post('/projects/library/workflows', {
      name: 'look_up_handbook',
      document: lookUp({ topK: 10, mode: 'text' }),
    });
    const workflow = `/projects/library/workflows/${made.id}`;
    const review = async () => (await server.owner.get(`${workflow}/look-ups`)).body.items;
    const draft = async (how: object) => {
      const { revision } = (await server.owner.get(workflow)).body;
      const saved = await server.owner.send('PUT', `${workflow}/draft`, { revision, document: lookUp(how) });
      expect(saved.status, JSON.stringify(saved.body)).toBe(200);
      return saved.body.revision as number;
    };
    // Nothing is live, and nothing is worse than nothing.
    expect(await review()).toEqual([]);
    await evaluate([{ mode: 'text', topK: 20 }]);
    expect((await server.owner.post(`${workflow}/publish`, { revision: made.revision })).status).toBe(200);
    expect(await review()).toEqual([]);
    await draft({ topK: 10, mode: 'text', minScore: 1 });
    expect(await review()).toMatchObject([
      {
        step: 'middle',
        base: { id: base, name: 'Handbook' },
        of: 'settings',
        worse: true,
        now: { found: 0 },
      },
    ]);
    await draft({ topK: 9, mode: 'text' });
    expect(await review()).toMatchObject([{ of: 'settings', worse: false }]);
    // The same settings, but the answer to a question is gone from the documents.
    await draft({ topK: 10, mode: 'text' });
    const { items } = (await server.owner.get(`${at}/documents`)).body;
    const handbook = items.find(({ name }: { name: string }) => name === 'handbook.md');
    const form = new FormData();
    form.append('file', new File(['# Handbook\n\nNothing is left of it.'], 'handbook.md'));
    await server.owner.send('POST', `${at}/documents`, form);
    await eventually(async () => {
      const now = (await server.owner.get(`${at}/documents/${handbook.id}`)).body;
      return now.live?.version === 2;
    });
    expect(await review()).toEqual([]);
    await evaluate([{ mode: 'text', topK: 20 }]);
    expect(await review()).toMatchObject([{ of: 'documents', worse: true }]);
  });

  it('is outdated when the base is another', async () => {
    const { items: documents } = (await server.owner.get(`${at}/documents`)).body;
    const garden = documents.find(({ name }: { name: string }) => name === 'garden.md');
    await server.owner.send('DELETE', `${at}/documents/${garden.id}`);
    const { items } = (await server.owner.get(`${at}/evaluations`)).body;
    expect(items.map(({ outdated }: EvaluationDetail) => outdated)).toEqual(items.map(() => true));
  });

  it('viewers read, and do not measure', async () => {
    const viewer = await server.person('Vic', { role: 'viewer' });
    expect((await viewer.get(`${at}/questions`)).status).toBe(200);
    expect((await viewer.get(`${at}/evaluations`)).status).toBe(200);
    for (const [path, body] of [
      ['evaluations', { settings: [{}] }],
      ['questions', { text: 'x', expected: [{ document: 'x' }] }],
      ['questions/propose', {}],
      ['questions/import', { content: 'question,document\na,b\n' }],
    ] as const) {
      expect([path, (await viewer.post(`${at}/${path}`, body)).status]).toEqual([path, 403]);
    }
  });
});
