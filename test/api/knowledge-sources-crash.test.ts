import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '#lib/db/client.ts';
import { DATABASES, type EmptyDatabase } from '#test/support/databases.ts';
import { type FakePage, type FakeSite, htmlPage, startFakeSite } from '#test/support/fake-site.ts';
import { type ServerProcess, spawnServer } from './processes.ts';
import { Browser, eventually, PASSWORD } from './server.ts';

const PAGES = 30;

/** A server that is killed in the middle of a crawl. Its leases are set back in the database, as if their time were over. */
describe.each(DATABASES)('a crawl whose server is killed, on $name', ({ create }) => {
  let empty: EmptyDatabase;
  let database: Database;
  let folder: string;
  let site: FakeSite;
  let server: ServerProcess;
  beforeAll(async () => {
    empty = await create();
    database = await openDatabase(empty.url);
    folder = mkdtempSync(join(tmpdir(), 'patchbay-crawl-'));
  });
  afterAll(async () => {
    await server?.end('SIGKILL');
    await site?.close();
    await database?.close();
    await empty?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(): Promise<Browser> {
    server = await spawnServer({
      ...{ DATA_DIR: folder, DATABASE_URL: empty.url, EGRESS_ALLOW: '127.0.0.1' },
      ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
    });
    const browser = new Browser(server.url);
    await browser.post('/session', { email: 'ada@example.com', password: PASSWORD });
    return browser;
  }

  it('goes on where it was, and has every page once', { timeout: 120_000 }, async () => {
    const links = Array.from({ length: PAGES }, (_, index) => `/${index}`);
    const pages: Record<string, FakePage> = { '/': htmlPage('Home', 'x', links) };
    for (const link of links) pages[link] = htmlPage(`Page ${link}`, `Text of ${link}.`, ['/']);
    // One page is not answered before the server is dead.
    let isHeld = true;
    pages['/20'] = (_request, response) => {
      if (!isHeld)
        response.writeHead(200, { 'content-type': 'text/html' }).end(htmlPage('Page /20', 'Late.'));
    };
    site = await startFakeSite(pages);

    const first = await start();
    await first.post('/projects', { name: 'library', slug: 'library' });
    const { body: base } = await first.post('/projects/library/knowledge', { name: 'Docs' });
    const at = `/projects/library/knowledge/${base.id}`;
    const { body: source } = await first.post(`${at}/sources`, {
      ...{ kind: 'website', name: 'Site' },
      config: { addresses: [site.url], crawl: true, sitemap: false, delay: 0 },
    });
    await eventually(async () => site.paths().includes('/20'));
    // What was read, the first page and twenty more, is noted within about a second.
    await eventually(
      async () => (await database.prisma.knowledgeSourceItem.count({ where: { state: 'added' } })) === 21,
    );
    await server.end('SIGKILL');
    await database.prisma.job.updateMany({ where: { state: 'running' }, data: { leaseUntil: new Date(0) } });
    isHeld = false;
    const before = site.asked.length;

    const second = await start();
    const ended = await eventually(async () => {
      const { body } = await second.get(`${at}/sources/${source.id}`);
      return body.state !== 'running' && body;
    });
    expect(ended).toMatchObject({ state: 'idle', error: null, documentCount: PAGES + 1 });
    expect(ended.report).toMatchObject({ end: 'complete', found: PAGES + 1, added: PAGES + 1, failed: 0 });
    // The page that was held, those after it, and robots.txt: not all again.
    expect(site.paths().slice(before)).toEqual(['/robots.txt', ...links.slice(20)]);
    const documents = await database.prisma.document.findMany({ select: { path: true } });
    expect(new Set(documents.map(({ path }) => path)).size).toBe(documents.length);
  });
});
