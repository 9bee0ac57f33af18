import { performance } from 'node:perf_hooks';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { StepError } from '#lib/engine/errors.ts';
import { documentFormat } from '#lib/workflow/document-formats.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import type { SourceEnd, SourceKind, SourceRun, Waiting } from '../source-kind.ts';
import { cleanAddress, nameOfPage } from './addresses.ts';
import { type WebsiteConfig, websiteConfig } from './config.ts';
import { type Fetched, fetchFile, fetchPage, type PageMark } from './fetch-page.ts';
import { type PageFacts, pageFacts, robotsDirectives } from './page.ts';
import { MOST_ROBOTS_BYTES, NO_ROBOTS, type Robots, readRobots } from './robots.ts';
import { type Scope, scopeOf } from './scope.ts';
import { MOST_SITEMAP_BYTES, readSitemap } from './sitemap.ts';

/** Pages in a row that cannot be had, until the site is taken to be down. */
const MOST_FAILURES = 10;
const MOST_SITEMAPS = 50;
/** Addresses that are looked at in one go: patterns are tried on each. */
const ADDRESSES_A_TURN = 100;
/** Addresses that are kept to be looked at, for each page that may be read. */
const WAITING_PER_PAGE = 4;
/** Looks for each page that is read: redirects, pages that ask not to be kept. */
const LOOKS_PER_PAGE = 3;

/** Pages of a website: those that are named, or, with `crawl`, all that are linked from there within bounds. */
export const website = {
  kind: 'website',
  config: websiteConfig,
  check: (config) => void scopeOf(config),
  takesTurns: true,
  connection: {
    types: ['bearer', 'basic', 'header', 'oauth2'],
    words: 'a token, a user name with password, a header or an account',
  },
  read: (config, run) => new Crawl(cleaned(config), run).read(),
} satisfies SourceKind<WebsiteConfig>;

/** Its addresses in the spelling by which pages are known. */
function cleaned(config: WebsiteConfig): WebsiteConfig {
  return { ...config, addresses: config.addresses.map((address) => cleanAddress(address) ?? address) };
}

/** Where an address was found. */
interface Place extends JsonObject {
  /** As it is asked for: the path of an item is one spelling of several. */
  address: string;
  depth: number;
}

class Crawl {
  private readonly config: WebsiteConfig;
  private readonly run: SourceRun;
  private readonly scope: Scope;
  private readonly robots = new Map<string, Promise<Robots>>();
  private readonly queue: Waiting[] = [];
  private nextLook = 0;
  private looks = 0;
  private kept = 0;
  private failures = 0;
  private hasHoles = false;
  private isCut = false;
  private readonly starts: Set<string>;

  constructor(config: WebsiteConfig, run: SourceRun) {
    this.config = config;
    this.run = run;
    this.scope = scopeOf(config);
    this.starts = new Set(config.addresses.map(nameOfPage));
  }

  async read(): Promise<SourceEnd> {
    const { config, run } = this;
    const before = run.waiting().toSorted((a, b) => depthOf(a) - depthOf(b));
    this.queue.push(...before);
    this.kept = run.kept();
    for (const address of config.addresses) this.find(address, 0);
    if (config.crawl && config.sitemap && before.length === 0) await this.findBySitemaps();
    await this.readWaiting();
    if (this.hasHoles && !this.isCut) {
      // What was linked from a page that could not be read is not gone for that: it is asked itself.
      for (const { path, place } of run.others())
        this.find(String(place['address'] ?? path), depthOf({ place }));
      await this.readWaiting();
    }
    this.tellOfBounds();
    return { complete: !this.isCut };
  }

  private async readWaiting(): Promise<void> {
    const { maxPages } = this.config;
    for (let next = this.queue.shift(); next; next = this.queue.shift()) {
      this.run.signal.throwIfAborted();
      if (this.run.isSettled(next.path)) continue;
      if (this.kept >= maxPages || this.looks >= maxPages * LOOKS_PER_PAGE + 100) {
        this.isCut = true;
        this.queue.length = 0;
        return;
      }
      await this.readPage(next.path, next.place as Place);
    }
  }

  private async readPage(path: string, { address, depth }: Place): Promise<void> {
    const { run } = this;
    const robots = await this.robotsOf(address);
    if (!robots.allows(address)) {
      return run.settle(path, { type: 'left-out', reason: 'robots.txt asks not to read it.' });
    }
    await this.takeTurn(robots);
    const mark = (run.markOf(path) ?? null) as PageMark | null;
    let fetched: Fetched;
    try {
      fetched = await fetchPage(run, address, {
        mark,
        ...(!this.config.crawl && { anywhere: (to: string) => this.scope.isOfSite(to) }),
      });
    } catch (error) {
      if (!(error instanceof StepError) || run.signal.aborted) throw error;
      fetched = { type: 'failed', reason: reasonOf(error) };
    }
    if (fetched.type !== 'failed') this.failures = 0;
    switch (fetched.type) {
      case 'page':
        return this.take(path, { address, depth }, mark, fetched);
      case 'unchanged':
        await this.followStored(path, fetched.url, depth);
        return this.keep(path, { type: 'unchanged' });
      case 'redirect':
        return this.sendOn(path, depth, fetched.to);
      case 'gone':
        if (!this.starts.has(path)) return run.settle(path, { type: 'gone' });
        return this.fail(path, `There is no page at this address (HTTP ${fetched.status}).`);
      case 'other':
        return run.settle(path, { type: 'left-out', reason: fetched.reason });
      case 'failed':
        return this.fail(path, fetched.reason);
    }
  }

  /** A page that came. */
  private async take(
    path: string,
    { depth }: Place,
    mark: PageMark | null,
    { url, headers, mimeType, data }: Extract<Fetched, { type: 'page' }>,
  ): Promise<void> {
    const { run } = this;
    const asked = robotsDirectives(headers['x-robots-tag'] ?? '');
    const newMark: PageMark = {
      ...(headers['etag'] !== undefined && { etag: headers['etag'] }),
      ...(headers['last-modified'] !== undefined && { modified: headers['last-modified'] }),
    };
    if (mimeType !== 'text/html') {
      if (asked.noindex) return run.settle(path, NOINDEX);
      const document = { name: fileName(url, headers), data, mimeType, uri: url };
      return this.keep(path, { type: 'document', document, mark: { ...newMark } });
    }
    const html = decoded(data, headers['content-type'] ?? '');
    const facts = await pageFacts(html.text);
    if (!facts.nofollow && !asked.nofollow) await this.follow(facts, url, depth);
    if (facts.noindex || asked.noindex) return run.settle(path, NOINDEX);
    const canonical = this.canonicalOf(facts, url);
    if (canonical !== null && nameOfPage(canonical) !== path && nameOfPage(canonical) !== nameOfPage(url)) {
      this.find(canonical, depth);
      return run.settle(path, { type: 'left-out', reason: `It says it is ${canonical}.` });
    }
    newMark.print = facts.print;
    if (mark?.print === facts.print) return this.keep(path, { type: 'unchanged', mark: { ...newMark } });
    const document = {
      name: pageName(facts.title, url),
      data: html.isOther ? Buffer.from(html.text) : data,
      mimeType,
      uri: url,
    };
    return this.keep(path, { type: 'document', document, mark: { ...newMark } });
  }

  private async keep(path: string, outcome: Parameters<SourceRun['settle']>[1]): Promise<void> {
    this.kept += 1;
    await this.run.settle(path, outcome);
  }

  private async fail(path: string, reason: string): Promise<void> {
    this.hasHoles = true;
    this.failures += 1;
    await this.run.settle(path, { type: 'failed', reason });
    if (this.kept === 0 && this.queue.length === 0) throw new StepError('SOURCE_DOWN', reason);
    if (this.failures >= MOST_FAILURES) {
      throw new StepError(
        'SOURCE_DOWN',
        `${MOST_FAILURES} pages in a row could not be read. The last: ${reason}`,
      );
    }
  }

  private async sendOn(path: string, depth: number, to: string): Promise<void> {
    const target = this.scope.asAsked(to);
    const isInside = this.scope.mayFollow(target);
    if (this.starts.has(path) && (!isInside || !this.config.crawl)) {
      const why = this.scope.isOfSite(target) ? 'is not below the path of this source' : 'is another site';
      return this.fail(path, `It is sent on to ${to}, which ${why}. Give that address.`);
    }
    if (isInside) this.find(target, depth);
    await this.run.settle(path, { type: 'left-out', reason: `It is sent on to ${to}.` });
  }

  private async follow(facts: PageFacts, url: string, depth: number): Promise<void> {
    if (!this.config.crawl || depth >= this.config.depth) return;
    const base = (facts.base !== null && URL.parse(facts.base, url)?.href) || url;
    for (const [count, link] of facts.links.entries()) {
      // There is more than is read anyway.
      if (this.isCut) return;
      if (count % ADDRESSES_A_TURN === 0) await nextTurn();
      const address = cleanAddress(link, base);
      if (address === null) continue;
      const asked = this.scope.asAsked(address);
      if (this.scope.mayFollow(asked)) this.find(asked, depth + 1);
    }
  }

  /** An answer without a body says nothing of its links: those of the page as it was stored are still true. */
  private async followStored(path: string, url: string, depth: number): Promise<void> {
    if (!this.config.crawl || depth >= this.config.depth) return;
    const mark = this.run.markOf(path) as PageMark | undefined;
    const data = mark?.print === undefined ? null : await this.run.stored(path);
    if (!data) return;
    const facts = await pageFacts(new TextDecoder().decode(data));
    if (!facts.nofollow) await this.follow(facts, url, depth);
  }

  private find(address: string, depth: number): void {
    const path = nameOfPage(address);
    if (this.run.isFound(path)) {
      // Found by a process that died, or before: it is in the queue, or was.
      return;
    }
    if (this.queue.length >= this.config.maxPages * WAITING_PER_PAGE + 1000) {
      this.isCut = true;
      return;
    }
    const item: Waiting = { path, place: { address, depth } };
    this.run.find([item]);
    this.queue.push(item);
  }

  /** In scope and readable, else null: a page may say of itself what it likes. */
  private canonicalOf({ canonical, base }: PageFacts, url: string): string | null {
    if (!this.config.crawl || canonical === null) return null;
    const address = cleanAddress(canonical, (base !== null && URL.parse(base, url)?.href) || url);
    if (address === null) return null;
    const asked = this.scope.asAsked(address);
    return this.scope.mayFollow(asked) ? asked : null;
  }

  private async findBySitemaps(): Promise<void> {
    const start = this.config.addresses[0]!;
    const robots = await this.robotsOf(start);
    const named = robots.sitemaps.map((text) => cleanAddress(text, start)).filter((one) => one !== null);
    const todo = named.length > 0 ? named : [new URL('/sitemap.xml', start).href];
    const seen = new Set<string>();
    for (let address = todo.shift(); address && seen.size < MOST_SITEMAPS; address = todo.shift()) {
      if (seen.has(address) || !this.scope.isOfSite(address)) continue;
      seen.add(address);
      this.run.signal.throwIfAborted();
      await this.takeTurn(robots);
      const sitemap = await this.sitemapAt(address);
      for (const [count, text] of (sitemap?.addresses ?? []).entries()) {
        if (this.isCut || (sitemap?.isIndex && seen.size + todo.length >= 2 * MOST_SITEMAPS)) break;
        if (count % ADDRESSES_A_TURN === 0) await nextTurn();
        const found = cleanAddress(text, address);
        if (found === null) continue;
        const asked = this.scope.asAsked(found);
        if (sitemap?.isIndex) todo.push(asked);
        else if (this.scope.mayFollow(asked)) this.find(asked, 1);
      }
      if (this.isCut) return;
    }
  }

  /** A sitemap that cannot be read is told of, and is none: links lead to the pages too. */
  private async sitemapAt(address: string): Promise<Awaited<ReturnType<typeof readSitemap>>> {
    try {
      const data = await fetchFile(this.run, address, { most: MOST_SITEMAP_BYTES, whole: true });
      return data && (await readSitemap(data));
    } catch (error) {
      if (!(error instanceof StepError) || this.run.signal.aborted) throw error;
      this.run.tell(`The sitemap ${address} could not be read: ${error.message}`);
      return null;
    }
  }

  private robotsOf(address: string): Promise<Robots> {
    const { origin } = new URL(address);
    let robots = this.robots.get(origin);
    if (!robots) {
      robots = this.readRobotsOf(origin);
      this.robots.set(origin, robots);
    }
    return robots;
  }

  /** Of a site that cannot say what it permits, nothing is read (RFC 9309, 2.3.1.4). */
  private async readRobotsOf(origin: string): Promise<Robots> {
    const address = `${origin}/robots.txt`;
    try {
      const data = await fetchFile(this.run, address, { most: MOST_ROBOTS_BYTES, whole: false });
      return data ? readRobots(address, data.toString('utf8')) : NO_ROBOTS;
    } catch (error) {
      if (!(error instanceof StepError) || this.run.signal.aborted) throw error;
      const message = `What the site permits (${address}) could not be read: ${reasonOf(error)}`;
      throw new StepError('SOURCE_DOWN', message, { cause: error });
    }
  }

  /** One at a time, and with a pause. */
  private async takeTurn({ delay }: Robots): Promise<void> {
    this.looks += 1;
    const wait = this.nextLook - performance.now();
    if (wait > 0) await sleep(wait, undefined, { signal: this.run.signal });
    this.nextLook = performance.now() + Math.max(this.config.delay, delay) * 1000;
  }

  private tellOfBounds(): void {
    const { crawl, maxPages } = this.config;
    if (this.isCut) {
      this.run.tell(
        `There are more pages than ${maxPages}, which is the limit of this source: the rest was left out, and nothing was removed.`,
      );
    } else if (crawl && this.kept === 1) {
      this.run.tell(
        'Only one page was found. If there should be more: they may be outside the path of this source, or be made by scripts, which are not run.',
      );
    }
  }
}

const NOINDEX = { type: 'left-out', reason: 'The page asks not to be indexed (noindex).' } as const;

function depthOf({ place }: { place: JsonObject }): number {
  return Number(place['depth'] ?? 0);
}

function reasonOf({ message, details }: StepError): string {
  const reason = details?.['reason'];
  return typeof reason === 'string' ? `${message.replace(/\.$/, '')}: ${reason}.` : message;
}

/** The text of a page in whatever it is written in; `isOther`: in what readers of files do not guess. */
function decoded(data: Buffer, contentType: string): { text: string; isOther: boolean } {
  const head = data.subarray(0, 2048).toString('latin1');
  const name = (
    /charset\s*=\s*["']?([\w:.-]+)/i.exec(contentType)?.[1] ??
    /<meta[^>]+charset\s*=\s*["']?([\w:.-]+)/i.exec(head)?.[1] ??
    'utf-8'
  ).toLowerCase();
  try {
    const decoder = new TextDecoder(name);
    const isOther = !['utf-8', 'windows-1252'].includes(decoder.encoding);
    return { text: decoder.decode(data), isOther };
  } catch {
    return { text: new TextDecoder().decode(data), isOther: false };
  }
}

/** The title of a page; it must not look like the name of a file of another kind. */
function pageName(title: string | null, url: string): string {
  const { host, pathname } = new URL(url);
  // A name has no slashes: what stands before one would be taken for a folder.
  const name = (title ?? `${host}${pathname.replace(/\/$/, '')}`)
    .replace(/\s*[/\\]\s*/g, ' – ')
    .slice(0, 200);
  const known = documentFormat(name);
  return known && known.format !== 'html' ? `${name} (page)` : name;
}

function fileName(url: string, headers: Record<string, string>): string {
  const said = /filename="?([^";]+)"?/i.exec(headers['content-disposition'] ?? '')?.[1];
  const last = new URL(url).pathname.split('/').at(-1) ?? '';
  let name = said ?? last;
  try {
    if (!said) name = decodeURIComponent(last);
  } catch {
    // As it stands there.
  }
  return (
    name
      .split(/[/\\]/)
      .at(-1)!
      .replace(/\p{Cc}/gu, '')
      .slice(-200) || new URL(url).host
  );
}
