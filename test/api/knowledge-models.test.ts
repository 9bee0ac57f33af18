import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { repository } from '#lib/db/repository.ts';
import { embedIndex } from '#lib/operations/embedding/embed-index.ts';
import { answerLookUp } from '#lib/operations/look-up.ts';
import { DATABASES, type EmptyDatabase } from '#test/support/databases.ts';
import { type EmbeddingServer, startEmbeddingServer } from '#test/support/embedding-server.ts';
import { eventually, projectWith, startTestServer, type TestServer } from './server.ts';

/** A document of so many passages, each long enough to stand alone. */
function partsOf(count: number): string {
  const filler = 'It goes on for a while, so that nothing else has room beside it in one passage.';
  return Array.from(
    { length: count },
    (_, n) => `# Part ${n}\n\nThe text of part ${n}. ${filler} ${filler}`,
  ).join('\n\n');
}

const KEY = 'sk-a-secret-of-the-provider-4711';

interface Hit {
  document: string;
  text: string;
  score: number;
}

describe.each(DATABASES)('models of a knowledge base on $name', ({ create }) => {
  let empty: EmptyDatabase;
  let server: TestServer;
  let model: EmbeddingServer;
  let connection: string;
  let at: string;
  let baseId: string;
  let bases = 0;
  let models: string;

  beforeAll(async () => {
    [empty, model] = await Promise.all([create(), startEmbeddingServer()]);
    models = mkdtempSync(join(tmpdir(), 'patchbay-models-'));
    for (const folder of ['top/mini', 'top/.hidden', 'outside'])
      mkdirSync(join(models, folder), { recursive: true });
    symlinkSync(join(models, 'outside'), join(models, 'top/link'));
    server = await startTestServer({
      DATABASE_URL: empty.url,
      ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
      LOCAL_MODELS_DIR: join(models, 'top'),
    });
    await projectWith(server.owner, 'library');
    const made = await server.owner.post('/projects/library/connections', {
      ...{ name: 'Provider', type: 'bearer', hosts: [model.host], secret: { token: KEY } },
    });
    connection = made.body.id;
  });
  afterAll(async () => {
    await server?.close();
    await model?.close();
    await empty?.remove();
    rmSync(models, { recursive: true, force: true });
  });
  afterEach(() => {
    model.trouble = null;
  });

  /** A new base with these documents, all of them read. */
  async function baseWith(files: Record<string, string>): Promise<void> {
    const { body } = await server.owner.post('/projects/library/knowledge', { name: `Base ${++bases}` });
    baseId = body.id;
    at = `/projects/library/knowledge/${baseId}`;
    await server.owner.patch(at, { chunkSize: 200, chunkOverlap: 0 });
    await put(files);
  }

  async function put(files: Record<string, string>): Promise<void> {
    const form = new FormData();
    for (const [name, text] of Object.entries(files)) form.append('file', new File([text], name));
    const answer = await server.owner.send('POST', `${at}/documents`, form);
    expect(answer.status).toBe(202);
    await eventually(async () => {
      const { body } = await server.owner.get(`${at}/documents`);
      return body.items.every(
        (item: { next: unknown; live: unknown }) => item.next === null && item.live !== null,
      );
    });
  }

  const openai = (more: object = {}) => ({
    kind: 'openai',
    url: model.url,
    model: 'test',
    connection,
    ...more,
  });
  const embedding = async () => (await server.owner.get(`${at}/embedding`)).body;
  const served = (name = 'test') =>
    eventually(async () => {
      const { serving, filling } = await embedding();
      if (filling?.state === 'failed') throw new Error(filling.error);
      return filling === null && serving?.config.model === name && serving;
    });
  async function choose(more: object = {}) {
    const answer = await server.owner.put(`${at}/embedding`, openai(more));
    expect(answer.status).toBe(202);
    return answer.body;
  }
  async function search(q: string, more: Record<string, string> = {}) {
    const { body } = await server.owner.get(`${at}/search?${new URLSearchParams({ q, ...more })}`);
    return body as { hits: Hit[]; mode: string; warning: string | null };
  }
  const documentsOf = ({ hits }: { hits: Hit[] }) => hits.map(({ document }) => document);

  const SHOP = {
    'returns.md': '# Returns\n\nA reimbursement reaches your account within five days.',
    'cars.md': '# Fleet\n\nEvery automobile is cleaned on Fridays.',
    'people.md': '# People\n\nThirty days of vacation are granted each year.',
  };

  it('find what shares no word with the question, once all vectors are there', async () => {
    await baseWith(SHOP);
    expect(await search('Urlaub')).toMatchObject({ hits: [], mode: 'text', warning: null });
    expect((await search('Urlaub', { mode: 'vectors' })).warning).toContain('no model');
    const chosen = await choose();
    // As fast as it may be.
    expect(chosen.filling ?? chosen.serving).toMatchObject({ config: { model: 'test' }, total: 3 });
    expect(await served()).toMatchObject({ dimensions: 256, done: 3, total: 3, error: null, connection });
    const found = await search('Urlaub');
    expect(found).toMatchObject({ mode: 'hybrid', warning: null });
    expect(documentsOf(found)[0]).toBe('people.md');
    expect(documentsOf(await search('Wagen', { mode: 'vectors' }))[0]).toBe('cars.md');
    expect(documentsOf(await search('Wagen', { mode: 'text' }))).toEqual([]);
    // The key went along, and the headings with the text.
    expect(model.requests.at(-1)!.headers.authorization).toBe(`Bearer ${KEY}`);
    expect(model.texts()).toContainEqual(expect.stringMatching(/^Fleet\n\nEvery automobile/));
    const scores = found.hits.map(({ score }) => score);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    expect(Math.min(...scores)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...scores)).toBeLessThanOrEqual(1);
  });

  it('are asked once for the same question', async () => {
    const before = model.requests.length;
    for (let time = 0; time < 3; time++)
      await search('vehicle that was never asked for', { mode: 'vectors' });
    expect(model.requests.length).toBe(before + 1);
  });

  it('that refuse a question for its length are asked the next one, and never a whole page', async () => {
    model.trouble = ({ body }, response) => {
      if (body.input[0].length < 500) return false;
      response.writeHead(413).end('{}');
      return true;
    };
    expect((await search('a long question '.repeat(40))).warning).toContain('413');
    expect((await search('vacation, how much?')).mode).toBe('hybrid');
    model.trouble = null;
    const { projectId } = await server.app.db.prisma.knowledgeBase.findUniqueOrThrow({
      where: { id: baseId },
    });
    const page = { text: 'all of a page '.repeat(10_000), topK: 1 };
    const found = await answerLookUp(server.app, { type: 'system' }, { projectId, base: baseId }, page);
    expect(found.mode).toBe('hybrid');
    expect(model.texts().at(-1)!.length).toBeLessThan(3000);
  });

  it('keep to what a filter lets through', async () => {
    const principal = { type: 'system' } as const;
    const { passages } = repository(server.app.db, principal);
    const { projectId } = await passages.base(
      (await repository(server.app.db, principal).projects.bySlug('library'))!.id,
      baseId,
    );
    const found = await answerLookUp(...([server.app, principal, { projectId, base: baseId }] as const), {
      text: 'Wagen und Urlaub',
      topK: 5,
      filter: { name: 'cars.md' },
    });
    expect(found.mode).toBe('hybrid');
    expect(found.hits.map(({ document }) => document)).toEqual(['cars.md']);
  });

  it('of a document that is replaced are made for what is new in it alone', async () => {
    const before = model.texts().length;
    const text = SHOP['people.md'];
    await put({ 'people.md': `${text}\n\n# Wages\n\nThe salary comes on the first of the month.` });
    const asked = model.texts().slice(before);
    expect(asked).toEqual([expect.stringContaining('The salary comes')]);
    expect(documentsOf(await search('Gehalt', { mode: 'vectors' }))[0]).toBe('people.md');
    expect(documentsOf(await search('Urlaub', { mode: 'vectors' }))[0]).toBe('people.md');
    const { serving } = await embedding();
    expect(serving.done).toBe(serving.total);
  });

  it('of a document that is deleted are found no more', async () => {
    const { body } = await server.owner.get(`${at}/documents`);
    const cars = body.items.find((item: { name: string }) => item.name === 'cars.md');
    expect((await server.owner.delete(`${at}/documents/${cars.id}`)).status).toBe(204);
    expect(documentsOf(await search('Wagen', { mode: 'vectors' }))).not.toContain('cars.md');
  });

  it('that do not answer leave the full text', async () => {
    model.trouble = (_, response) => {
      response.statusCode = 500;
      response.end(JSON.stringify({ error: { message: `Your key ${KEY} is fine, we are not.` } }));
      return true;
    };
    const found = await search('reimbursement of something');
    expect(found).toMatchObject({ mode: 'text', warning: expect.stringContaining('is in trouble (500)') });
    expect(documentsOf(found)).toEqual(['returns.md']);
    // For a while nobody waits for it again.
    const before = model.requests.length;
    expect((await search('another question')).warning).toContain('in trouble');
    expect(model.requests.length).toBe(before);
  });

  it('are exchanged while look-ups go on, which find by the one before until the new one is complete', async () => {
    await baseWith(SHOP);
    await choose();
    await served();
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    model.trouble = async ({ body }) => {
      if (body.model === 'second') await held;
      return false;
    };
    expect(await choose({ model: 'second', dimensions: 64 })).toMatchObject({
      serving: { config: { model: 'test' } },
      filling: { config: { model: 'second' } },
    });
    const seen: string[] = [];
    let stopped = false;
    const searching = (async () => {
      for (let time = 0; !stopped; time++) {
        const { hits, mode, warning } = await search(`Urlaub ${time}`, { mode: 'vectors' });
        seen.push(`${mode} ${warning} ${hits[0]?.document}`);
      }
    })();
    await eventually(async () => seen.length > 5);
    expect((await embedding()).serving.config.model).toBe('test');
    release();
    expect(await served('second')).toMatchObject({ dimensions: 64, done: 3 });
    const sofar = seen.length;
    await eventually(async () => seen.length > sofar + 5);
    stopped = true;
    await searching;
    expect(new Set(seen)).toEqual(new Set(['vectors null people.md']));
    expect(await server.app.db.prisma.vectorIndex.count({ where: { baseId } })).toBe(1);
  });

  it('that say "too many" are waited for, in portions of 32 texts', async () => {
    await baseWith({ 'many.md': partsOf(70) });
    const before = model.requests.length;
    let refused = 0;
    model.trouble = (_, response) => {
      if (refused >= 2) return false;
      refused += 1;
      response.writeHead(429, { 'retry-after': '0' }).end('{}');
      return true;
    };
    await choose();
    const { total } = await served();
    expect(total).toBeGreaterThanOrEqual(70);
    expect(refused).toBe(2);
    const sizes = model.requests.slice(before).map(({ body }) => body.input.length);
    expect(Math.max(...sizes)).toBe(32);
    expect(sizes.length).toBe(2 + Math.ceil(total / 32));
  });

  it.each([
    ['garbage', 'not json at all', 'is no list of embeddings'],
    ['another list', { data: [] }, 'has 0 embeddings for 2 texts'],
    [
      'words',
      { data: [0, 1].map((index) => ({ index, embedding: ['x'] })) },
      'has values that are no numbers',
    ],
    [
      'several lengths',
      { data: [{ embedding: [1] }, { embedding: [1, 2] }] },
      'has vectors of several lengths',
    ],
    [
      'one place twice',
      { data: [0, 0].map((index) => ({ index, embedding: [1] })) },
      'is no list of embeddings',
    ],
  ])('that answer %s fail and say so', async (_, answer, words) => {
    await baseWith({ 'two.md': partsOf(2) });
    model.trouble = (_request, response) => {
      response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
      return true;
    };
    await choose();
    const filling = await eventually(async () => {
      const { filling: one } = await embedding();
      return one?.state === 'failed' && one;
    });
    expect(filling.error).toContain(words);
    // The same again goes on where it was.
    model.trouble = null;
    await choose();
    await served();
  });

  it('that give other lengths than asked for, or refuse the key, say so without the key', async () => {
    await baseWith(SHOP);
    model.trouble = (request, response) => {
      if (request.headers.authorization !== `Bearer ${KEY}`) return false;
      response.statusCode = 400;
      response.end(
        JSON.stringify({ error: { message: `No such thing for ${request.headers.authorization}` } }),
      );
      return true;
    };
    const tried = await server.owner.post(`${at}/embedding/try`, openai());
    expect(tried.body).toMatchObject({
      ok: false,
      dimensions: null,
      seen: expect.stringContaining('No such thing'),
    });
    expect(JSON.stringify(tried.body)).not.toContain(KEY);
    await choose();
    const failed = await eventually(async () => {
      const { filling } = await embedding();
      return filling?.state === 'failed' && filling;
    });
    expect(failed.error).toContain('[redacted]');
    expect(failed.error).not.toContain(KEY);
    model.trouble = null;
    expect((await server.owner.post(`${at}/embedding/try`, openai({ dimensions: 32 }))).body).toMatchObject({
      ok: true,
      dimensions: 32,
    });
    model.trouble = ({ body }, response) => {
      response.end(JSON.stringify({ data: body.input.map(() => ({ embedding: [1, 2] })) }));
      return true;
    };
    const wrong = await server.owner.post(`${at}/embedding/try`, openai({ dimensions: 32 }));
    expect(wrong.body.seen).toContain('vectors of 2 values where 32 were asked for');
  });

  it('that cannot be asked keep no document from being found by its words, and are made up for later', async () => {
    await baseWith(SHOP);
    await choose();
    await served();
    model.trouble = (_, response) => {
      response.writeHead(404).end('{}');
      return true;
    };
    await put({ 'late.md': 'A physician is on call at night.' });
    const { body } = await server.owner.get(`${at}/documents`);
    const late = body.items.find((item: { name: string }) => item.name === 'late.md');
    expect(late.notes.join(' ')).toContain('no vectors yet');
    model.trouble = null;
    expect(documentsOf(await search('physician', { mode: 'text' }))).toEqual(['late.md']);
    // A look-up by vectors sees that some are missing, and has them made.
    await eventually(async () => documentsOf(await search('médecin', { mode: 'vectors' }))[0] === 'late.md');
    expect(await embedding()).toMatchObject({ serving: { done: 4, total: 4 } });
  });

  it('are turned off with all their vectors', async () => {
    expect((await server.owner.delete(`${at}/embedding`)).status).toBe(204);
    expect(await embedding()).toEqual({ serving: null, filling: null, reranker: null });
    expect(await search('médecin')).toMatchObject({ mode: 'text', hits: [], warning: null });
    const { prisma } = server.app.db;
    expect(await prisma.vectorIndex.count({ where: { baseId } })).toBe(0);
    expect(await prisma.vectorBlock.count({ where: { version: { baseId } } })).toBe(0);
    const { body } = await server.owner.get('/audit?about=knowledge');
    const actions = new Set(body.items.map((event: { action: string }) => event.action));
    for (const action of ['set_embedding', 'serve_embedding', 'remove_embedding']) {
      expect(actions).toContain(`knowledge.${action}`);
    }
  });

  it('order passages once more, and leave them as they are when they do not answer', async () => {
    await baseWith({
      'one.md': 'A parcel comes on Monday, and a parcel on Tuesday: each parcel is weighed.',
      'two.md': 'Jazz, pizza, fizz and buzz are in the parcel. zzzz',
    });
    expect(documentsOf(await search('parcel'))).toEqual(['one.md', 'two.md']);
    const put = await server.owner.put(`${at}/reranker`, { connection, model: 'judge', url: model.url });
    expect(put.status).toBe(204);
    expect((await embedding()).reranker).toEqual({ connection, model: 'judge', url: model.url });
    const found = await search('parcel');
    expect(found.warning).toBeNull();
    expect(documentsOf(found)).toEqual(['two.md', 'one.md']);
    expect(documentsOf(await search('parcel', { rerank: 'false' }))).toEqual(['one.md', 'two.md']);
    model.trouble = (_, response) => {
      response.writeHead(503).end('{}');
      return true;
    };
    const without = await search('parcel');
    expect(documentsOf(without)).toEqual(['one.md', 'two.md']);
    expect(without.warning).toContain('in the order of the search alone');
    expect((await server.owner.delete(`${at}/reranker`)).status).toBe(204);
    expect((await search('parcel')).warning).toBeNull();
  });

  it('take no connection of another project, none to a database and none of callers, and no address that is none', async () => {
    await projectWith(server.owner, `other${bases}`);
    const foreign = await server.owner.post(`/projects/other${bases}/connections`, {
      ...{ name: 'Theirs', type: 'bearer', hosts: [model.host], secret: { token: KEY } },
    });
    for (const id of [foreign.body.id, crypto.randomUUID()]) {
      for (const [method, path, body] of [
        ['PUT', 'embedding', openai({ connection: id })],
        ['POST', 'embedding/try', openai({ connection: id })],
        ['PUT', 'reranker', { connection: id, model: 'judge', url: model.url }],
      ] as const) {
        expect((await server.owner.send(method, `${at}/${path}`, body)).status, path).toBe(404);
      }
    }
    const personal = await server.owner.post('/projects/library/connections', {
      ...{ name: `Personal ${bases}`, type: 'bearer', hosts: [model.host], perCaller: true },
    });
    expect((await server.owner.put(`${at}/embedding`, openai({ connection: personal.body.id }))).status).toBe(
      400,
    );
    for (const url of ['nowhere', 'https://a.example/v1?key=1']) {
      expect((await server.owner.put(`${at}/embedding`, openai({ url }))).status, url).toBe(400);
    }
    expect(await embedding()).toEqual({ serving: null, filling: null, reranker: null });
  });

  it('are not reached at private addresses that the administrator did not allow', async () => {
    const url = 'http://10.1.2.3/v1';
    const { body } = await server.owner.post(`${at}/embedding/try`, openai({ connection: null, url }));
    expect(body.ok).toBe(false);
    expect(body.seen).toContain('Blocked by egress policy');
  });

  it('lie in no folder that leads out of the directory for models', async () => {
    await baseWith(SHOP);
    const hostile = [
      '..',
      '../outside',
      'mini/../../outside',
      '/etc',
      '.',
      './mini',
      'mini/',
      '',
      'link',
      'none',
    ];
    for (const folder of [
      ...hostile,
      'a\0b',
      'C:\\models',
      '..%2foutside',
      'mini\n',
      '.hidden',
      join(models, 'top/mini'),
    ]) {
      const answer = await server.owner.put(`${at}/embedding`, { kind: 'local', folder });
      expect(answer.status, folder).toBe(400);
      expect(answer.body.detail).not.toContain('no directory for models');
      if (!folder.includes(models)) expect(JSON.stringify(answer.body)).not.toContain(models);
    }
    // One that is there is taken (positive control).
    expect((await server.owner.put(`${at}/embedding`, { kind: 'local', folder: 'mini' })).status).toBe(202);
    expect((await server.owner.delete(`${at}/embedding`)).status).toBe(204);
  });

  it('of a folder say what is to be installed first', async () => {
    await baseWith(SHOP);
    const { body } = await server.owner.post(`${at}/embedding/try`, { kind: 'local', folder: 'mini' });
    expect(body.ok).toBe(false);
    expect(body.seen).toContain('npm install @huggingface/transformers');
  });

  it('are made block by block, and go on behind the last one after a break', async () => {
    await baseWith({ 'long.md': partsOf(1100) });
    const { prisma } = server.app.db;
    const base = await prisma.knowledgeBase.findUniqueOrThrow({ where: { id: baseId } });
    const { id } = await prisma.vectorIndex.create({
      data: {
        ...{ organizationId: base.organizationId, projectId: base.projectId, baseId },
        config: JSON.stringify({ kind: 'openai', url: model.url, model: 'test' }),
      },
    });
    const { vectorBlocks } = repository(server.app.db, { type: 'system' });
    const [version] = await vectorBlocks.missing(id);
    const { chunks } = (await vectorBlocks.version(version!))!;
    expect(chunks).toBeGreaterThan(1000);
    const begun = model.texts().length;
    const stop = new AbortController();
    const told = () => stop.abort(new Error('The process ended.'));
    const fill = async (signal: AbortSignal, ended = () => {}) =>
      embedIndex(server.app, (await vectorBlocks.index(id))!, version!, { signal, told: ended });
    await expect(fill(stop.signal, told)).rejects.toThrow('The process ended.');
    expect(model.texts().length - begun).toBe(500);
    expect(await vectorBlocks.missing(id)).toEqual([version]);
    expect(await vectorBlocks.serve(id)).toBe(false);
    expect(await fill(new AbortController().signal)).toBe(true);
    expect(model.texts().length - begun).toBe(chunks);
    expect(new Set(model.texts().slice(begun)).size).toBe(chunks);
    expect(await vectorBlocks.serve(id)).toBe(true);
    expect((await search('the text of part 1042', { mode: 'vectors' })).hits[0]!.text).toContain(
      'part 1042.',
    );
  });
});
