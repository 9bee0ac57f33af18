import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { createEgress, type Egress } from '#lib/egress/fetch.ts';
import { pathFilter } from '#lib/sources/globs.ts';
import { cleanAddress, nameOfPage } from '#lib/sources/website/addresses.ts';
import { robotsDirectives } from '#lib/sources/website/page.ts';
import { readRobots } from '#lib/sources/website/robots.ts';
import { website } from '#lib/sources/website/website.ts';
import { type FakePage, type FakeSite, htmlPage, startFakeSite } from '#test/support/fake-site.ts';
import { memoryRun } from '#test/support/memory-run.ts';

const opened: (Egress | FakeSite)[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

async function crawl(pages: Record<string, FakePage>, options: { egress?: Egress; host?: string } = {}) {
  const site = await startFakeSite(pages);
  const egress = options.egress ?? createEgress({ allow: ['127.0.0.1'] });
  opened.push(site, egress);
  const run = memoryRun(egress);
  const url = options.host ? site.url.replace('127.0.0.1', options.host) : site.url;
  const config = website.config.parse({ addresses: [`${url}/`], crawl: true, delay: 0 });
  const end = await website.read(config, run);
  const paths = (type: string) =>
    [...run.outcomes].filter(([, outcome]) => outcome.type === type).map(([path]) => path.replace(url, ''));
  return { site, run, end, paths };
}

describe('addresses', () => {
  it.each([
    ['https://Example.com/a/#top', 'https://example.com/a/'],
    ['https://example.com//a///b?utm_source=x&b=2&a=1&gclid=3', 'https://example.com/a/b?a=1&b=2'],
    ['https://example.com/a;jsessionid=123?PHPSESSID=4', 'https://example.com/a'],
    ['https://example.com/a/../../etc/passwd', 'https://example.com/etc/passwd'],
    ['mailto:a@example.com', null],
    ['file:///etc/passwd', null],
    ['https://user:secret@example.com/', null],
    [`https://example.com/${'a'.repeat(1000)}`, null],
    [`https://example.com/${'x/'.repeat(4)}`, null],
    [`https://example.com/${Array.from({ length: 21 }, (_, index) => index).join('/')}`, null],
  ])('%s is asked for as %s', (given, expected) => {
    expect(cleanAddress(given)).toBe(expected);
  });

  it('of one page are one', () => {
    const names = ['https://a.example/x', 'https://a.example/x/', 'https://a.example/x/index.html'].map(
      nameOfPage,
    );
    expect(new Set(names).size).toBe(1);
    expect(nameOfPage('https://a.example/')).toBe('https://a.example/');
    expect(nameOfPage('https://a.example/x?page=2')).not.toBe(names[0]);
  });
});

describe('patterns', () => {
  it.each([
    ['*.md', 'a/b.md', true],
    ['*.md', 'a/b.mdx', false],
    ['docs/*.md', 'docs/a.md', true],
    ['docs/*.md', 'docs/a/b.md', false],
    ['docs/**/*.md', 'docs/b.md', true],
    ['docs/**', '/docs/a/b', true],
    ['/blog/', '/blog/2026/post', true],
    ['/blog/', '/other/blog/post', false],
    ['v?.txt', 'v1.txt', true],
    ['a(b)+.md', 'a(b)+.md', true],
    ['a.md', 'axmd', false],
  ])('%s and %s: %s', (glob, path, expected) => {
    expect(pathFilter({ include: [glob], exclude: [] })(path)).toBe(expected);
    expect(pathFilter({ include: [], exclude: [glob] })(path)).toBe(!expected);
  });

  it('that would backtrack without end take no time', () => {
    const evil = pathFilter({ include: [`${'*a'.repeat(60)}b`], exclude: [] });
    expect(evil('a'.repeat(900))).toBe(false);
  });
});

describe('what a site asks of robots', () => {
  it('is for us where it names us or nobody', () => {
    expect(robotsDirectives('noindex')).toEqual({ noindex: true, nofollow: false });
    expect(robotsDirectives('patchbay: none')).toEqual({ noindex: true, nofollow: true });
    expect(robotsDirectives('googlebot: noindex, nofollow')).toEqual({ noindex: false, nofollow: false });
    expect(robotsDirectives('max-snippet: 20, nofollow')).toEqual({ noindex: false, nofollow: true });
  });

  it('is read from robots.txt, and not waited for longer than half a minute', () => {
    const robots = readRobots(
      'https://a.example/robots.txt',
      'User-agent: *\nDisallow: /x\nAllow: /x/y\nCrawl-delay: 9999\nSitemap: https://a.example/s.xml',
    );
    expect(robots.allows('https://a.example/x/z')).toBe(false);
    expect(robots.allows('https://a.example/x/y')).toBe(true);
    expect(robots).toMatchObject({ delay: 30, sitemaps: ['https://a.example/s.xml'] });
  });

  it('is not followed where looking would cost too much', () => {
    const rules = Array.from({ length: 300 }, () => `Disallow: /*${'z'.repeat(900)}`);
    const robots = readRobots('https://a.example/robots.txt', ['User-agent: *', ...rules].join('\n'));
    expect(robots.allows('https://a.example/x')).toBe(true);
    expect(() => robots.allows(`https://a.example/${'a'.repeat(900)}`)).toThrow(/more rules/);
  });

  it('is followed by a pause of that many seconds between two pages', async () => {
    const times: number[] = [];
    const timed =
      (links: string[]): FakePage =>
      (_request, response) => {
        times.push(performance.now());
        response.writeHead(200, { 'content-type': 'text/html' }).end(htmlPage('x', 'x', links));
      };
    await crawl({
      '/robots.txt': (_request, response) => void response.end('User-agent: *\nCrawl-delay: 0.2'),
      '/': timed(['/a']),
      '/a': timed([]),
    });
    expect(times[1]! - times[0]!).toBeGreaterThan(190);
  });
});

describe('a website', () => {
  it('is found by its sitemaps too: an index, a compressed one, one that is broken', async () => {
    const { paths, run } = await crawl({
      '/sitemap.xml': `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><sitemapindex><sitemap><loc>/one.xml.gz</loc></sitemap><sitemap><loc>/two.xml</loc></sitemap><sitemap><loc>/sitemap.xml</loc></sitemap></sitemapindex>`,
      '/one.xml.gz': (_request, response) =>
        void response.end(
          gzipSync(
            '<urlset><url><loc>/a?b=1&amp;c=2</loc></url><url><loc>http://other.example/z</loc></url></urlset>',
          ),
        ),
      '/two.xml': (_request, response) => void response.writeHead(501).end(),
      '/': htmlPage('Home', 'x'),
      '/a?b=1&c=2': htmlPage('A', 'x'),
    });
    expect(paths('document').sort()).toEqual(['/', '/a?b=1&c=2']);
    expect(run.outcomes.size).toBe(2);
  });

  it('in another encoding is kept in one that is read', async () => {
    const { run } = await crawl({
      '/': (_request, response) =>
        void response
          .writeHead(200, { 'content-type': 'text/html; charset=shift_jis' })
          .end(
            Buffer.concat([
              Buffer.from('<title>'),
              Buffer.from([0x93, 0xfa, 0x96, 0x7b]),
              Buffer.from('</title><p>x'),
            ]),
          ),
    });
    const [outcome] = run.outcomes.values();
    expect(outcome).toMatchObject({ type: 'document', document: { name: '日本' } });
    const { document } = outcome as Extract<typeof outcome, { type: 'document' }>;
    expect(Buffer.from(document.data).toString()).toContain('日本');
  });

  it('whose name turns into a private address is left there', async () => {
    const page = htmlPage('Home', 'x', ['/a']);
    // Each answer ends its connection, so that the name is looked up once more.
    const closing =
      (html: string): FakePage =>
      (_request, response) =>
        void response.writeHead(200, { 'content-type': 'text/html', connection: 'close' }).end(html);
    const pages = {
      '/': closing(page),
      '/a': closing(htmlPage('A', 'x')),
      '/robots.txt': closing(''),
      '/sitemap.xml': closing(''),
    };
    const lookups = (addresses: string[]) => {
      let count = 0;
      return createEgress({
        allow: ['127.0.0.1'],
        lookup: async () => [{ address: addresses[Math.min(count++, addresses.length - 1)]!, family: 4 }],
      });
    };
    const good = '127.0.0.1';
    const turned = await crawl(pages, {
      host: 'site.example',
      egress: lookups([good, good, good, '10.0.0.7']),
    });
    expect(turned.paths('document')).toEqual(['/']);
    expect(turned.run.outcomes.get([...turned.run.outcomes.keys()].at(-1)!)).toMatchObject({
      type: 'failed',
      reason: expect.stringContaining('10.0.0.7'),
    });
    expect(turned.site.paths()).not.toContain('/a');
    // The same with a name that stays where it is (positive control).
    const steady = await crawl(pages, { host: 'site.example', egress: lookups([good]) });
    expect(steady.paths('document')).toEqual(['/', '/a']);
  });

  it('that has too much to do is asked again', async () => {
    let count = 0;
    const { paths, site } = await crawl({
      '/': (_request, response) => {
        count += 1;
        if (count === 1) return void response.writeHead(503, { 'retry-after': '0' }).end();
        response.writeHead(200, { 'content-type': 'text/html' }).end(htmlPage('Home', 'x'));
      },
    });
    expect(paths('document')).toEqual(['/']);
    expect(site.paths().filter((path) => path === '/')).toHaveLength(2);
  });

  it('that fails page after page is given up', async () => {
    const links = Array.from({ length: 30 }, (_, index) => `/${index}`);
    const pages: Record<string, FakePage> = {
      '/': htmlPage('Home', 'x', links),
      '*': (_request, response) => void response.writeHead(403).end(),
    };
    await expect(crawl(pages)).rejects.toThrow('10 pages in a row');
  });
});
