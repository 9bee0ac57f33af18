import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '#lib/db/client.ts';
import { DATABASES, type EmptyDatabase } from '#test/support/databases.ts';
import { type ServerProcess, spawnServer } from './processes.ts';
import { Browser, PASSWORD } from './server.ts';

const FILES = 200;
const CHANGED = 30;

const SYLLABLES = ['ba', 'co', 'di', 'fu', 'ge', 'ha', 'jo', 'ki', 'lu', 'me'];
/** A word that no other file has, and that no stemmer touches. */
const wordOf = (index: number, edition: string) =>
  `${edition}${[...String(index).padStart(3, '0')].map((digit) => SYLLABLES[Number(digit)]).join('')}rk`;
const nameOf = (index: number) => `part-${index % 7}/file-${index}.md`;
function textOf(index: number, edition: string): string {
  const filler = 'The parcel is weighed, measured and carried to the warehouse by the night shift. '.repeat(
    10,
  );
  return ['one', 'two', 'three']
    .map((part) => `# File ${index}\n\n## Part ${part}\n\n${wordOf(index, edition)} ${part}. ${filler}`)
    .join('\n\n');
}

/**
 * A server that is killed twice while it reads 200 files, the second time while some of them are replaced. Leases are
 * not waited for: they are set back in the database, as if their time were over.
 */
describe.each(DATABASES)('ingestion that is killed, on $name', ({ create }) => {
  let empty: EmptyDatabase;
  let database: Database;
  let folder: string;
  let server: ServerProcess;
  let at: string;
  let baseId: string;

  beforeAll(async () => {
    empty = await create();
    database = await openDatabase(empty.url);
    folder = mkdtempSync(join(tmpdir(), 'patchbay-ingest-'));
  });
  afterAll(async () => {
    await server?.end('SIGKILL');
    await database?.close();
    await empty?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(): Promise<Browser> {
    await database.prisma.job.updateMany({
      where: { state: 'running' },
      data: { leaseUntil: new Date(0) },
    });
    server = await spawnServer({
      DATA_DIR: folder,
      DATABASE_URL: empty.url,
      ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
    });
    const browser = new Browser(server.url);
    await browser.post('/session', { email: 'ada@example.com', password: PASSWORD });
    return browser;
  }

  async function upload(browser: Browser, from: number, to: number, edition: string): Promise<string[]> {
    const outcomes: string[] = [];
    for (let start = from; start < to; start += 50) {
      const form = new FormData();
      for (let index = start; index < Math.min(to, start + 50); index += 1) {
        form.append('file', new File([textOf(index, edition)], 'x'), nameOf(index));
      }
      const { body } = await browser.send('POST', `${at}/documents`, form);
      outcomes.push(...body.items.map((item: { outcome: string }) => item.outcome));
    }
    return outcomes;
  }

  async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + 90_000;
    while (!(await isSo())) {
      if (Date.now() > deadline) throw new Error(`Not so after 90 s: ${what}\n${server.output()}`);
      await sleep(20);
    }
  }
  /** Waits until so many documents are searched. */
  const untilLive = (count: number) =>
    until(`${count} are live`, async () => {
      const where = { baseId, state: 'live' };
      return (await database.prisma.documentVersion.count({ where })) >= count;
    });
  const eventuallySettled = () =>
    until(
      'all are read',
      async () =>
        (await database.prisma.document.count({ where: { baseId, status: { not: 'ready' } } })) === 0,
    );

  it('ends with every file searchable exactly once', async () => {
    const { prisma } = database;
    let browser = await start();
    await browser.post('/projects', { name: 'Library', slug: 'library' });
    const base = await browser.post('/projects/library/knowledge', { name: 'Handbook' });
    baseId = base.body.id;
    at = `/projects/library/knowledge/${baseId}`;

    // Killed in the middle of uploading and reading: whoever uploads again gets each document once.
    const sending = upload(browser, 0, FILES, 'mor').catch(() => []);
    await untilLive(20);
    await server.end('SIGKILL');
    await sending;
    browser = await start();
    const again = await upload(browser, 0, FILES, 'mor');
    expect(again).not.toContain('changed');
    expect(again.filter((outcome) => outcome === 'unchanged').length).toBeGreaterThanOrEqual(20);

    // Killed in the middle of reading the rest, and what came for some of them meanwhile.
    expect(await upload(browser, 0, CHANGED, 'vex')).toEqual(Array(CHANGED).fill('changed'));
    await untilLive(120);
    await server.end('SIGKILL');
    expect(await prisma.document.count({ where: { baseId, status: 'pending' } })).toBeGreaterThan(0);

    browser = await start();
    await eventuallySettled();

    const { body } = await browser.get(at);
    expect(body).toMatchObject({ documentCount: FILES, pendingCount: 0, failedCount: 0 });
    const versions = await prisma.documentVersion.findMany({ where: { baseId, state: 'live' } });
    expect(versions).toHaveLength(FILES);
    for (const index of [0, CHANGED - 1, CHANGED, 111, FILES - 1]) {
      const found = async (edition: string) => {
        const { body } = await browser.get(`${at}/search?q=${wordOf(index, edition)}&topK=50&mode=text`);
        return (body.hits as { document: string; text: string }[])
          .filter(({ text }) => text.includes(wordOf(index, edition)))
          .map(({ document }) => document);
      };
      const name = nameOf(index).split('/')[1];
      const [own, other] = index < CHANGED ? ['vex', 'mor'] : ['mor', 'vex'];
      const hits = await found(own!);
      expect(hits.length).toBeGreaterThan(0);
      expect(new Set(hits)).toEqual(new Set([name]));
      expect(await found(other!)).toEqual([]);
    }

    // Chunks: of what is searched and of nothing else, each once.
    const chunks = await prisma.chunk.findMany({
      where: { baseId },
      include: { version: { include: { document: true } } },
    });
    expect(chunks.filter(({ version }) => version.document.liveVersionId !== version.id)).toEqual([]);
    const counted = new Map<string, number>();
    for (const { version } of chunks) counted.set(version.id, (counted.get(version.id) ?? 0) + 1);
    expect(versions.filter(({ id, chunkCount }) => counted.get(id) !== chunkCount)).toEqual([]);
    expect(body.chunkCount).toBe(chunks.length);
    const [indexed] = await prisma.$queryRawUnsafe<{ count: number | bigint }[]>(
      'SELECT count(*) AS "count" FROM chunk_search',
    );
    expect(Number(indexed!.count)).toBe(await prisma.chunk.count());

    // In how many chunks each term stands, counted again.
    const terms = new Map<string, number>();
    for (const chunk of chunks) {
      for (const term of new Set(`${chunk.headingTerms} ${chunk.terms}`.split(' '))) {
        if (term !== '') terms.set(term, (terms.get(term) ?? 0) + 1);
      }
    }
    const stored = await prisma.knowledgeTerm.findMany({
      where: { baseId, NOT: { term: { startsWith: ' ' } } },
    });
    expect(new Map(stored.map(({ term, chunks: count }) => [term, count]))).toEqual(terms);

    // Files: one of each document that is searched; what a crash left behind is less than an hour old.
    const files = readdirSync(join(folder, 'files', versions[0]!.projectId), {
      recursive: true,
      withFileTypes: true,
    })
      .filter((entry) => entry.isFile())
      .map(({ name }) => name);
    const referred = new Set(versions.map(({ storageKey }) => storageKey));
    expect(referred.size).toBe(FILES);
    expect([...referred].filter((key) => !files.includes(key))).toEqual([]);
    expect(files.length - referred.size).toBeLessThanOrEqual(2);
  }, 180_000);
});
