import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Parser } from 'htmlparser2';

/** The name by which robots.txt and pages call us. */
export const ROBOT = 'patchbay';

/** What a page says of itself, beside its text. */
export interface PageFacts {
  title: string | null;
  /** Addresses as they stand there, without those that are not to be followed. */
  links: string[];
  base: string | null;
  canonical: string | null;
  noindex: boolean;
  nofollow: boolean;
  /** Of text and tags alone: what a server writes anew into each answer (tokens, times in attributes) is not in it. */
  print: string;
}

const MOST_LINKS = 2000;
const LONGEST_TITLE = 300;
const SLICE = 256 * 1024;
const UNSEEN = new Set(['script', 'style', 'noscript', 'template']);

/** Reads what a page says of itself, some of it at a time. No script of it is run. */
export async function pageFacts(html: string): Promise<PageFacts> {
  const facts = { links: [] as string[], base: null as string | null, canonical: null as string | null };
  const print = createHash('sha256');
  const directives: string[] = [];
  let title = '';
  let inTitle = false;
  let hasTitle = false;
  let unseen = 0;
  const parser = new Parser({
    onopentag(name, attributes) {
      if (UNSEEN.has(name)) unseen += 1;
      else print.update(`<${name}`);
      const { href, rel = '', content = '' } = attributes;
      const relations = rel.toLowerCase().split(/\s+/);
      if (name === 'title' && !hasTitle) inTitle = true;
      else if (name === 'base' && href) facts.base ??= href;
      else if (name === 'meta' && [ROBOT, 'robots'].includes((attributes['name'] ?? '').toLowerCase())) {
        directives.push(content);
      } else if (name === 'link' && href && relations.includes('canonical')) facts.canonical ??= href;
      else if ((name === 'a' || name === 'area') && href && !relations.includes('nofollow')) {
        if (facts.links.length < MOST_LINKS) facts.links.push(href);
      }
    },
    ontext(text) {
      if (unseen === 0) print.update(text.replace(/\s+/g, ' '));
      if (inTitle && title.length < LONGEST_TITLE) title += text;
    },
    onclosetag(name) {
      if (UNSEEN.has(name)) unseen -= 1;
      if (name === 'title' && inTitle) {
        inTitle = false;
        hasTitle = true;
      }
    },
  });
  for (let start = 0; start < html.length; start += SLICE) {
    parser.write(html.slice(start, start + SLICE));
    await nextTurn();
  }
  parser.end();
  return {
    ...facts,
    title: title.replace(/\s+/g, ' ').trim().slice(0, LONGEST_TITLE) || null,
    ...robotsDirectives(directives.join(',')),
    print: print.digest('hex'),
  };
}

/** What a page (or its X-Robots-Tag) asks of robots. `other-bot: noindex` is not for us. */
export function robotsDirectives(text: string): { noindex: boolean; nofollow: boolean } {
  let isForUs = true;
  const said = new Set<string>();
  for (const part of text.toLowerCase().split(',')) {
    const [, agent, value = ''] = /^\s*(?:([\w-]+)\s*:)?\s*([\w-]*)/.exec(part) ?? [];
    if (agent === 'unavailable_after' || agent?.startsWith('max-')) continue;
    if (agent !== undefined) isForUs = agent === ROBOT;
    if (isForUs) said.add(value);
  }
  const none = said.has('none');
  return { noindex: none || said.has('noindex'), nofollow: none || said.has('nofollow') };
}
