import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { SourceView } from '#lib/operations/read-sources.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { BUCKET_KEYS, startFakeBucket } from '#test/support/fake-bucket.ts';
import { type FakeGit, startFakeGit } from '#test/support/fake-git.ts';
import { type FakePage, type FakeSite, htmlPage, sendsTo, startFakeSite } from '#test/support/fake-site.ts';
import { eventually, projectWith, startTestServer, type TestServer } from './server.ts';

let server: TestServer;
let knowledge: string;
const sites: FakeSite[] = [];
beforeAll(async () => {
  server = await startTestServer();
  await projectWith(server.owner, 'library');
  const { body } = await server.owner.post('/projects/library/knowledge', { name: 'Handbook' });
  knowledge = `/projects/library/knowledge/${body.id}`;
});
afterEach(async () => {
  for (const site of sites.splice(0)) await site.close();
});
afterAll(() => server?.close());

async function siteOf(pages: Record<string, FakePage>): Promise<FakeSite> {
  const site = await startFakeSite(pages);
  sites.push(site);
  return site;
}

async function make(config: JsonObject, more: JsonObject = {}): Promise<SourceView> {
  const { status, body } = await server.owner.post(`${knowledge}/sources`, {
    ...{ kind: 'website', name: 'Docs', config: { delay: 0, ...config } },
    ...more,
  });
  expect(status, JSON.stringify(body)).toBe(201);
  return body as SourceView;
}

/** As it is when its run has ended. */
function ended({ id }: { id: string }): Promise<SourceView> {
  return eventually(async () => {
    const { body } = await server.owner.get(`${knowledge}/sources/${id}`);
    return body.state !== 'running' && (body as SourceView);
  });
}

async function again(source: { id: string }): Promise<SourceView> {
  expect((await server.owner.post(`${knowledge}/sources/${source.id}/run`)).status).toBe(202);
  return ended(source);
}

async function documentsOf({ id }: { id: string }): Promise<{ path: string; name: string; uri: string }[]> {
  const { body } = await server.owner.get(`${knowledge}/documents?source=${id}`);
  return body.items;
}

const pathsOf = async (source: { id: string }, site: FakeSite) =>
  (await documentsOf(source)).map(({ path }) => path.replace(site.url, '')).sort();

describe('a website', () => {
  it('of one address is one document, named after its title', async () => {
    const site = await siteOf({ '/returns': htmlPage('Returns', 'Within thirty days.', ['/other']) });
    const source = await ended(await make({ addresses: [`${site.url}/returns`] }));
    expect(source).toMatchObject({ state: 'idle', error: null, documentCount: 1 });
    expect(source.report).toMatchObject({ end: 'complete', found: 1, added: 1, failed: 0 });
    expect(await documentsOf(source)).toMatchObject([{ name: 'Returns', uri: `${site.url}/returns` }]);
    expect(site.paths()).toEqual(['/robots.txt', '/returns']);
    expect(site.asked[1]!.headers['user-agent']).toMatch(/^Patchbay /);
  });

  it('is followed within its host and below its path; robots, nofollow, noindex and patterns are respected', async () => {
    const other = await siteOf({ '/docs/elsewhere': htmlPage('Elsewhere', 'x') });
    const site = await siteOf({
      '/robots.txt': (_request, response) =>
        void response.end(
          'User-agent: *\nDisallow: /\n\nUser-agent: Patchbay\nDisallow: /docs/private\nSitemap: /map.xml',
        ),
      '/map.xml': `<urlset><url><loc>/docs/listed</loc></url><url><loc>/blog/listed</loc></url></urlset>`,
      '/docs/': htmlPage('Docs', 'Start', [
        ...['guide', 'guide/#top', 'guide?utm_source=x', '/docs/guide/', './private/secret', '/blog/post'],
        ...[
          '/docs/drafts/one',
          '/docs/logo.png',
          '/docs/noindex',
          `${other.url}/docs/elsewhere`,
          '/docs/moved',
        ],
        ...['mailto:a@example.com', 'javascript:alert(1)', '/docs/copy', '/docs/file.txt', '/docs/blob'],
      ]),
      '/docs/guide': htmlPage('Guide', 'How', ['../docs/deep/page', '/docs/hidden" rel="nofollow']),
      '/docs/deep/page': htmlPage('Deep', 'Down'),
      '/docs/listed': htmlPage('Listed', 'By the sitemap'),
      '/docs/noindex': htmlPage('Secret', 'x', ['/docs/behind'], '<meta name="robots" content="noindex">'),
      '/docs/behind': htmlPage(
        'Behind',
        'Found through a page that is not kept',
        ['/docs/unlinked'],
        '<meta name="patchbay" content="nofollow">',
      ),
      '/docs/moved': sendsTo('/docs/new'),
      '/docs/new': htmlPage('New', 'Moved here'),
      '/docs/copy': htmlPage('Copy', 'x', [], '<link rel="canonical" href="/docs/guide">'),
      '/docs/file.txt': (_request, response) =>
        void response.writeHead(200, { 'content-type': 'text/plain' }).end('Plain words.'),
      '/docs/blob': (_request, response) =>
        void response
          .writeHead(200, { 'content-type': 'application/octet-stream' })
          .end(Buffer.alloc(100_000)),
      '/docs/hidden': htmlPage('Hidden', 'x'),
      '/docs/unlinked': htmlPage('Unlinked', 'x'),
    });
    const config = { addresses: [`${site.url}/docs/`], crawl: true, exclude: ['/docs/drafts/**'] };
    const source = await ended(await make(config));
    expect(source.error).toBeNull();
    expect(await pathsOf(source, site)).toEqual([
      '/docs',
      '/docs/behind',
      '/docs/deep/page',
      '/docs/file.txt',
      '/docs/guide',
      '/docs/listed',
      '/docs/new',
    ]);
    const names = (await documentsOf(source)).map(({ name }) => name);
    expect(names).toContain('file.txt');
    // Each page once, however it is spelled.
    expect(site.paths().filter((path) => path.startsWith('/docs/guide'))).toEqual(['/docs/guide']);
    for (const path of [
      '/docs/private/secret',
      '/blog/post',
      '/docs/drafts/one',
      '/docs/logo.png',
      '/docs/hidden',
    ]) {
      expect(site.paths(), path).not.toContain(path);
    }
    expect(other.asked).toEqual([]);
    const reasons = Object.fromEntries(
      source.report!.omissions.map(({ path, reason }) => [path.replace(site.url, ''), reason]),
    );
    expect(reasons['/docs/private/secret']).toContain('robots.txt');
    expect(reasons['/docs/noindex']).toContain('noindex');
    expect(reasons['/docs/blob']).toContain('application/octet-stream');
    expect(reasons['/docs/moved']).toContain('/docs/new');
    expect(reasons['/docs/copy']).toContain('/docs/guide');
  });

  it('is read again cheaply: what is as it was makes no version, what is gone goes', async () => {
    const etags =
      (tag: string, body: string): FakePage =>
      (request, response) => {
        if (request.headers['if-none-match'] === tag) return void response.writeHead(304).end();
        response.writeHead(200, { 'content-type': 'text/html', etag: tag }).end(body);
      };
    let count = 0;
    const site = await siteOf({
      '/': etags('"1"', htmlPage('Home', 'x', ['/token', '/text', '/gone'])),
      // Something else in it each time, nothing else to read.
      '/token': (_request, response) =>
        void response
          .writeHead(200, { 'content-type': 'text/html' })
          .end(
            htmlPage(
              'Token',
              'Same',
              [],
              `<script nonce="${count++}"></script><meta name="csrf" content="${count}">`,
            ),
          ),
      '/text': htmlPage('Text', 'Before'),
      '/gone': htmlPage('Gone', 'Soon'),
    });
    const source = await ended(await make({ addresses: [site.url], crawl: true, sitemap: false }));
    expect(source.report).toMatchObject({ end: 'complete', added: 4, unchanged: 0 });

    site.asked.length = 0;
    expect((await again(source)).report).toMatchObject({ added: 0, changed: 0, unchanged: 4, removed: 0 });
    expect(site.asked.find(({ path }) => path === '/')!.headers['if-none-match']).toBe('"1"');

    site.pages['/text'] = htmlPage('Text', 'After');
    delete site.pages['/gone'];
    const third = await again(source);
    expect(third.report).toMatchObject({ end: 'complete', changed: 1, unchanged: 2, removed: 1, failed: 0 });
    expect(await pathsOf(source, site)).toEqual(['/', '/text', '/token']);
  });

  it('that is lost loses nothing', async () => {
    const site = await siteOf({
      '/': htmlPage('Home', 'x', ['/hub']),
      '/hub': htmlPage('Hub', 'x', ['/a', '/b']),
      '/a': htmlPage('A', 'a'),
      '/b': htmlPage('B', 'b'),
    });
    const refuses: FakePage = (_request, response) => void response.writeHead(501).end();
    const source = await ended(await make({ addresses: [site.url], crawl: true, sitemap: false }));
    expect(source.documentCount).toBe(4);

    // A page in between fails: what it led to is asked itself, and of that is gone what says so.
    site.pages['/hub'] = refuses;
    delete site.pages['/b'];
    const second = await again(source);
    expect(second).toMatchObject({ state: 'idle', documentCount: 3 });
    expect(second.report).toMatchObject({ end: 'complete', unchanged: 2, failed: 1, removed: 1 });
    expect(second.report!.failures).toEqual([
      { path: `${site.url}/hub`, reason: expect.stringContaining('501') },
    ]);

    for (const [path, page, words] of [
      ['/', refuses, '501'],
      ['/', sendsTo('https://elsewhere.example.com/'), 'another site'],
      ['/robots.txt', refuses, 'robots.txt'],
    ] as const) {
      site.pages[path] = page;
      const lost = await again(source);
      expect(lost).toMatchObject({
        state: 'failed',
        documentCount: 3,
        report: { end: 'failed', removed: 0 },
      });
      expect(lost.error).toContain(words);
    }
  });

  it('without end is left at its bounds, and nothing is removed then', async () => {
    const site = await siteOf({
      '*': (request, response) => {
        const { pathname, searchParams } = new URL(request.url!, 'http://x');
        if (pathname === '/robots.txt') return void response.writeHead(404).end();
        const day = Number(searchParams.get('day') ?? 0);
        const links = [`/calendar?day=${day + 1}`, `/calendar?day=${day + 2}`, `${pathname}/x`, `/n/${day}`];
        response
          .writeHead(200, { 'content-type': 'text/html' })
          .end(htmlPage(`Day ${day}`, `${request.url}`, links));
      },
    });
    const source = await ended(
      await make({ addresses: [`${site.url}/calendar`], crawl: true, prefix: '/', maxPages: 20 }),
    );
    expect(source.report).toMatchObject({ end: 'partial', added: 20, removed: 0 });
    expect(source.report!.notes.join(' ')).toContain('more pages than 20');
    expect(site.asked.length).toBeLessThan(30);
  });

  it('that is hostile costs little', async () => {
    const bomb = gzipSync(Buffer.alloc(52 * 1024 * 1024, ' '), { level: 1 });
    const site = await siteOf({
      '/robots.txt': (_request, response) =>
        void response
          .writeHead(200)
          .end(`User-agent: *\nDisallow: /closed\n${'# filling\n'.repeat(1_000_000)}`),
      '/': htmlPage('Home', 'x', [
        '/bomb',
        '/loop',
        '/self',
        '/junk',
        '/open',
        '/closed',
        '/private',
        '/../../etc/x',
        '/%2e%2e/y',
      ]),
      '/bomb': (_request, response) =>
        void response.writeHead(200, { 'content-type': 'text/html', 'content-encoding': 'gzip' }).end(bomb),
      '/loop': sendsTo('/loop2'),
      '/loop2': sendsTo('/loop'),
      '/self': sendsTo('/self'),
      '/junk': (_request, response) =>
        void response
          .writeHead(200, { 'content-type': 'text/html' })
          .end(Buffer.from([0, 1, 2, 3, 255, 254])),
      '/open': htmlPage('a/../b README.md', 'Good'),
      // Somewhere that is not public, and that this server may not reach (this machine it may: 127.0.0.1).
      '/private': sendsTo('http://127.0.0.2:80/'),
      '/sitemap.xml': (_request, response) => void response.end(bomb),
    });
    const source = await ended(await make({ addresses: [site.url], crawl: true }));
    expect(source.state).toBe('idle');
    expect(await pathsOf(source, site)).toEqual(['/', '/open']);
    const [open] = (await documentsOf(source)).filter(({ path }) => path.endsWith('/open'));
    expect(open!.name).toBe('a – .. – b README.md (page)');
    const failures = source.report!.failures.map(
      ({ path, reason }) => `${path.replace(site.url, '')}: ${reason}`,
    );
    expect(failures.find((text) => text.startsWith('/bomb'))).toContain('larger than');
    expect(failures.find((text) => text.startsWith('/self'))).toContain('more than 5 times');
    expect(failures.find((text) => text.startsWith('/junk'))).toContain('not text');
    // A rule at the beginning of a huge robots.txt counts.
    expect(site.paths()).not.toContain('/closed');
    expect(site.paths().filter((path) => path.startsWith('/loop'))).toEqual(['/loop', '/loop2']);
  });

  it('is not followed to addresses that are not permitted', async () => {
    const site = await siteOf({ '/': htmlPage('Home', 'x') });
    const { port } = new URL(site.url);
    const inner = await ended(await make({ addresses: [`http://127.0.0.2:${port}/`] }));
    expect(inner.state).toBe('failed');
    expect(inner.error).toContain('127.0.0.2');
    expect(site.asked).toEqual([]);
    // The same server by the name that is permitted (positive control).
    expect(await ended(await make({ addresses: [`http://127.0.0.1:${port}/`] }))).toMatchObject({
      state: 'idle',
    });
  });

  it('drips slowly, and is stopped at once', async () => {
    const site = await siteOf({
      '/': htmlPage('Home', 'x', ['/slow', '/never']),
      '/slow': (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/html' });
        const timer = setInterval(() => response.write(' '), 50);
        response.on('close', () => clearInterval(timer));
      },
    });
    const source = await make({ addresses: [site.url], crawl: true, sitemap: false });
    await eventually(async () => site.paths().includes('/slow'));
    const { status, body } = await server.owner.post(`${knowledge}/sources/${source.id}/stop`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ state: 'idle', report: { end: 'stopped' } });
    // The connection is closed: nobody reads on.
    await eventually(
      async () => (await server.app.db.prisma.job.count({ where: { state: 'running' } })) === 0,
      3000,
    );
    expect(site.paths()).not.toContain('/never');
    expect((await server.owner.get(`${knowledge}/sources/${source.id}`)).body).toMatchObject({
      state: 'idle',
      documentCount: 1,
    });
  });

  it('is read to its end when the project gets another address meanwhile', async () => {
    await projectWith(server.owner, 'moving');
    const { body: base } = await server.owner.post('/projects/moving/knowledge', { name: 'Handbook' });
    const site = await siteOf({
      '/': async (_request, response) => {
        await server.owner.patch('/projects/moving', { slug: 'moved' });
        response.writeHead(200, { 'content-type': 'text/html' }).end(htmlPage('Home', 'x', ['/a']));
      },
      '/a': htmlPage('A', 'x'),
    });
    const config = { addresses: [`${site.url}/`], crawl: true, sitemap: false, delay: 0 };
    const made = await server.owner.post(`/projects/moving/knowledge/${base.id}/sources`, {
      ...{ kind: 'website', name: 'Docs', config },
    });
    const source = await eventually(async () => {
      const { body } = await server.owner.get(`/projects/moved/knowledge/${base.id}/sources/${made.body.id}`);
      return body.state === 'idle' && (body as SourceView);
    });
    expect(source).toMatchObject({ documentCount: 2, report: { end: 'complete', added: 2 } });
  });

  it('may ask for a credential, which goes nowhere else', async () => {
    const guarded: FakePage = (request, response) => {
      if (request.headers['authorization'] !== 'Bearer abcdefghijkl')
        return void response.writeHead(401).end();
      response.writeHead(200, { 'content-type': 'text/html' }).end(htmlPage('Inside', 'x'));
    };
    const site = await siteOf({ '/': guarded });
    const { body: connection } = await server.owner.post('/projects/library/connections', {
      ...{ name: 'Wiki', type: 'bearer', secret: { token: 'abcdefghijkl' } },
      hosts: [new URL(site.url).host],
    });
    const without = await ended(await make({ addresses: [site.url] }));
    expect(without.error).toContain('401');
    const source = await ended(await make({ addresses: [site.url] }, { connection: connection.id }));
    expect(source).toMatchObject({ state: 'idle', documentCount: 1 });
    const other = await siteOf({ '/': htmlPage('Other', 'x') });
    const wrong = await ended(await make({ addresses: [other.url] }, { connection: connection.id }));
    expect(wrong.error).toContain('may not be sent to');
    expect(other.asked).toEqual([]);
  });
});

describe('a Git repository', () => {
  let repository: FakeGit;
  beforeAll(async () => {
    repository = await startFakeGit();
  });
  afterAll(() => repository?.close());
  const git = (config: JsonObject = {}, more: JsonObject = {}) =>
    make({}, { kind: 'git', config: { url: repository.url, ...config }, ...more });

  it('is read at its newest commit, and again only where it changed', async () => {
    const commit = await repository.commit({
      'README.md': '# Handbook\n\nRead this.',
      'docs/returns.md': '# Returns\n\nThirty days.',
      'docs/old.md': '# Old\n\nGone soon.',
      'docs/deep/same.md': '# Same\n\nAs it was.',
      'docs/picture.png': Buffer.from([1, 2, 3]),
      'docs/broken.pdf': 'no PDF',
      'src/main.py': 'print()',
    });
    const source = await ended(await git({ prefix: 'docs', exclude: ['drafts/'] }));
    expect(source.error).toBeNull();
    expect(source.report).toMatchObject({ end: 'complete', added: 3, failed: 1, leftOut: 1 });
    expect(source.report!.failures).toEqual([
      { path: 'docs/broken.pdf', reason: expect.stringContaining('PDF') },
    ]);
    const documents = await documentsOf(source);
    expect(documents.map(({ path }) => path).sort()).toEqual([
      'docs/deep/same.md',
      'docs/old.md',
      'docs/returns.md',
    ]);
    expect(documents.find(({ path }) => path === 'docs/returns.md')).toMatchObject({
      name: 'returns.md',
      uri: 'docs/returns.md',
    });
    expect(commit).toMatch(/^[0-9a-f]{40}$/);

    await repository.commit({
      'docs/returns.md': '# Returns\n\nSixty days.',
      'docs/deep/same.md': '# Same\n\nAs it was.',
      'docs/new.md': '# New\n\nNew.',
    });
    const second = await again(source);
    expect(second.report).toMatchObject({ end: 'complete', added: 1, changed: 1, unchanged: 1, removed: 1 });

    repository.asked.length = 0;
    const third = await again(source);
    expect(third.report).toMatchObject({ end: 'complete', unchanged: 3, removed: 0 });
    expect(third.report!.notes[0]).toContain('Nothing was committed');
    expect(third.documentCount).toBe(3);
    // Asked which commit is the newest, and fetched nothing.
    expect(repository.asked.every(({ path }) => path.includes('/info/refs'))).toBe(true);
  });

  it('says what is wrong with it, and its documents stay', async () => {
    await repository.commit({ 'a.md': '# A\n\nA.' }, 'other');
    const source = await ended(await git({ branch: 'other' }));
    expect(source).toMatchObject({ state: 'idle', documentCount: 1 });
    await repository.commit({ 'a/../../../evil.md': '# Evil\n\nA name that climbs.' }, 'evil');
    expect((await ended(await git({ branch: 'evil' }))).error).toContain('unsafe');
    const none = await ended(await git({ branch: 'nowhere' }));
    expect(none.error).toContain('no branch "nowhere"');

    repository.authorization = `Basic ${Buffer.from('x-access-token:abcdefghijkl').toString('base64')}`;
    const refused = await again(source);
    expect(refused).toMatchObject({ state: 'failed', documentCount: 1 });
    expect(refused.error).toContain('connection with a token');
    const { body: connection } = await server.owner.post('/projects/library/connections', {
      ...{ name: 'Git', type: 'bearer', secret: { token: 'abcdefghijkl' } },
      hosts: [new URL(repository.url).host],
    });
    await server.owner.patch(`${knowledge}/sources/${source.id}`, { connection: connection.id });
    const letIn = await again(source);
    expect(letIn).toMatchObject({ state: 'idle', error: null, documentCount: 1 });

    await server.owner.send('DELETE', `/projects/library/connections/${connection.id}`);
    expect((await again(source)).error).toContain('connection of this source is not there');
    repository.authorization = null;
    const site = await siteOf({ '*': htmlPage('Not Git', 'x') });
    const page = await ended(await make({}, { kind: 'git', config: { url: `${site.url}/owner/name` } }));
    expect(page.state).toBe('failed');
    expect(page.error).toContain('Git');
  });
});

describe('a bucket', () => {
  it('is listed page by page with signed requests, and what is as it was is not fetched', async () => {
    const bucket = await startFakeBucket('papers', {
      'docs/': '',
      'docs/a file (1)+ü.md': '# A\n\nOne.',
      'docs/b.txt': 'Two.',
      'docs/sub/c.html': '<h1>Three</h1><p>Words.</p>',
      'docs/d.exe': 'MZ',
      'docs/empty.md': '',
      'other/e.md': '# Not this',
    });
    const { body: connection } = await server.owner.post('/projects/library/connections', {
      ...{ name: 'Bucket', type: 'basic', secret: BUCKET_KEYS },
      hosts: [new URL(bucket.url).host],
    });
    const s3 = (config: JsonObject = {}, more: JsonObject = {}) =>
      make(
        {},
        {
          kind: 's3',
          config: { bucket: 'papers', prefix: 'docs/', endpoint: bucket.url, ...config },
          connection: connection.id,
          ...more,
        },
      );
    const source = await ended(await s3());
    expect(source.error).toBeNull();
    expect(source.report).toMatchObject({ end: 'complete', added: 3, failed: 1, leftOut: 1 });
    expect(source.report!.failures[0]).toMatchObject({ path: 'docs/empty.md' });
    expect((await documentsOf(source)).map(({ uri }) => uri).sort()).toEqual([
      's3://papers/docs/a file (1)+ü.md',
      's3://papers/docs/b.txt',
      's3://papers/docs/sub/c.html',
    ]);
    expect(bucket.lists).toBeGreaterThan(2);

    bucket.fetched.length = 0;
    delete bucket.objects['docs/b.txt'];
    delete bucket.objects['docs/empty.md'];
    bucket.objects['docs/sub/c.html'] = '<h1>Three</h1><p>Other words.</p>';
    const second = await again(source);
    expect(second.report).toMatchObject({ changed: 1, unchanged: 1, removed: 1, failed: 0 });
    expect(bucket.fetched).toEqual(['docs/sub/c.html']);

    for (const [config, more, words] of [
      [{ region: 'eu-west-1' }, {}, 'secret key'],
      [{}, { connection: null }, 'rights'],
      [{ bucket: 'nothing-here' }, {}, 'no bucket'],
    ] as const) {
      const wrong = await ended(await s3(config, more));
      expect(wrong.state).toBe('failed');
      expect(wrong.error).toContain(words);
    }
    // A bucket that is empty all of a sudden: nothing is removed.
    bucket.objects = {};
    const empty = await again(source);
    expect(empty).toMatchObject({ state: 'idle', documentCount: 2, report: { removed: 0 } });
    expect(empty.report!.notes[0]).toContain('nothing was removed');
    await bucket.close();
    expect(await again(source)).toMatchObject({ state: 'failed', documentCount: 2 });
  });

  it('has keys that stay as they are, and none that leads out of it', async () => {
    const bucket = await startFakeBucket('papers', {
      '/in/a.md': '# A\n\nOne.',
      '/in/b\\c.md': '# B\n\nTwo.',
      '/in/../../out/secret.md': '# Bait',
      'out/secret.md': '# Secret',
    });
    const { body: connection } = await server.owner.post('/projects/library/connections', {
      ...{ name: 'Odd bucket', type: 'basic', secret: BUCKET_KEYS },
      hosts: [new URL(bucket.url).host],
    });
    const config = { bucket: 'papers', prefix: '/in/', endpoint: bucket.url };
    const source = await ended(await make({}, { kind: 's3', config, connection: connection.id }));
    expect(source.report).toMatchObject({ added: 2, failed: 1 });
    expect(source.report!.failures[0]!.path).toBe('/in/../../out/secret.md');
    expect(bucket.fetched.sort()).toEqual(['/in/a.md', '/in/b\\c.md']);

    const second = await again(source);
    expect(second.report).toMatchObject({ unchanged: 2, removed: 0 });
    expect(second.documentCount).toBe(2);
    expect(bucket.fetched).toHaveLength(2);
    await bucket.close();
  });
});

describe('a source', () => {
  it('says what is wrong with it before it is made', async () => {
    for (const [body, words] of [
      [{ kind: 'website', config: { addresses: [] } }, 'give an address'],
      [{ kind: 'website', config: { addresses: ['ftp://x'] } }, 'not an address'],
      [
        { kind: 'website', config: { addresses: ['https://a.example', 'https://b.example'] } },
        'different sites',
      ],
      [{ kind: 'website', config: { addresses: ['https://a.example'], maxPages: 9000 } }, 'maxPages'],
      [{ kind: 'website', config: { addresses: ['https://a.example'], typo: 1 } }, 'typo'],
      [{ kind: 'website', config: { addresses: ['https://a.example'] }, schedule: '* *' }, 'five fields'],
      [
        {
          kind: 'website',
          config: { addresses: ['https://a.example'] },
          schedule: '0 3 * * *',
          timeZone: 'Mars/X',
        },
        'Mars/X',
      ],
      [{ kind: 'git', config: { url: 'https://user:pass@example.com/x' } }, 'connection'],
      [{ kind: 'git', config: { url: 'git@github.com:a/b' } }, 'https://github.com'],
      [{ kind: 's3', config: { bucket: '../x' } }, 'name of a bucket'],
      [{ kind: 'ftp', config: {} }, 'kind'],
    ] as const) {
      const answer = await server.owner.post(`${knowledge}/sources`, { name: 'x', ...body });
      expect({ body, status: answer.status }).toEqual({ body, status: 400 });
      expect(answer.body.detail).toContain(words);
    }
    const { body: query } = await server.owner.post('/projects/library/connections', {
      ...{ name: 'Query key', type: 'query', secret: { parameter: 'key', value: 'abcdefghijkl' } },
      hosts: ['a.example'],
    });
    const wrong = {
      kind: 'website',
      name: 'x',
      config: { addresses: ['https://a.example'] },
      connection: query.id,
    };
    const answer = await server.owner.post(`${knowledge}/sources`, wrong);
    expect(answer.status).toBe(400);
    expect(answer.body.detail).toContain('of the type query');
  });

  it('is changed, scheduled, and deleted with its documents or without', async () => {
    const site = await siteOf({ '/': htmlPage('Home', 'x'), '/other': htmlPage('Other', 'y') });
    const made = await make({ addresses: [site.url] }, { schedule: '0 3 * * *', timeZone: 'Europe/Berlin' });
    expect(new Date(made.nextRunAt!).getTime()).toBeGreaterThan(Date.now());
    await ended(made);
    const at = `${knowledge}/sources/${made.id}`;
    const { body: changed } = await server.owner.patch(at, {
      config: { addresses: [`${site.url}/other`] },
      schedule: null,
    });
    expect(changed).toMatchObject({ schedule: null, nextRunAt: null, config: { maxPages: 200 } });
    // What the old config brought is gone once the new one has brought something.
    expect((await again(made)).report).toMatchObject({ added: 1, removed: 1 });
    const { body: base } = await server.owner.get(`${knowledge}/documents?source=none`);
    expect((await server.owner.send('DELETE', at)).status).toBe(400);
    expect((await server.owner.send('DELETE', `${at}?documents=keep`)).status).toBe(204);
    expect((await server.owner.get(at)).status).toBe(404);
    const { body: after } = await server.owner.get(`${knowledge}/documents?source=none`);
    expect(after.items.length).toBe(base.items.length + 1);

    const second = await ended(await make({ addresses: [site.url] }));
    const { body: before } = await server.owner.get(`${knowledge}/documents`);
    expect(
      (await server.owner.send('DELETE', `${knowledge}/sources/${second.id}?documents=remove`)).status,
    ).toBe(204);
    const { body: left } = await server.owner.get(`${knowledge}/documents`);
    expect(left.items.length).toBe(before.items.length - 1);
  });

  it('is read once at a time, and not changed meanwhile', async () => {
    let go = () => {};
    const site = await siteOf({
      '/': (_request, response) => {
        go = () => void response.writeHead(200, { 'content-type': 'text/html' }).end(htmlPage('Home', 'x'));
      },
    });
    const source = await make({ addresses: [site.url] });
    await eventually(async () => site.paths().includes('/'));
    const at = `${knowledge}/sources/${source.id}`;
    expect((await server.owner.post(`${at}/run`)).status).toBe(409);
    expect((await server.owner.patch(at, { config: { addresses: [`${site.url}/x`] } })).status).toBe(409);
    expect((await server.owner.patch(at, { name: 'Renamed' })).status).toBe(200);
    go();
    expect(await ended(source)).toMatchObject({ name: 'Renamed', documentCount: 1 });
  });
});
