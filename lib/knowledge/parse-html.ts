import { Readability } from '@mozilla/readability';
import { parseHTML } from 'linkedom';
import TurndownService from 'turndown';
import { AppError } from '#lib/db/app-error.ts';
import type { DocumentMetadata, ParsedDocument } from './document.ts';
import { parseMarkdown } from './parse-markdown.ts';
import { markdownTable } from './table-text.ts';

/** Looking for the content takes time that grows faster than the page; beyond so many elements it is all taken. */
const MAX_ELEMENTS = 30_000;

/** Elements in each other, at most: what walks them takes time that grows with the square of it. */
const MAX_DEPTH = 500;

/**
 * A web page: what is its content (menus and the like are left out), as Markdown. With `whole` all of it: a chapter of
 * a book has no menus. Nothing in it is run or fetched. Throws `invalid` for a page that is nested too deeply.
 */
export function parseHtml(source: string, fallbackTitle: string, { whole = false } = {}): ParsedDocument {
  if (isTooDeep(source)) throw tooDeep();
  try {
    // A fragment without <html> would lose its text.
    const page = /<html[\s>]/i.test(source) ? source : `<!doctype html><html><body>${source}</body></html>`;
    const { document } = parseHTML(page);
    const metadata = metadataOf(document);
    for (const dead of document.querySelectorAll(
      'script, style, noscript, template, svg, iframe, object, embed',
    ))
      dead.remove();
    const title = document.querySelector('title')?.textContent?.trim() || undefined;
    const body = document.body.cloneNode(true) as HTMLElement;
    const all = whole || document.querySelectorAll('*').length > MAX_ELEMENTS;
    const article = all ? null : articleOf(document);
    // There is nothing to be found in a short page.
    const content = article?.content?.textContent?.trim() ? article.content : body;
    const parsed = parseMarkdown(
      markdown().turndown(content),
      article?.title?.trim() || title || fallbackTitle,
    );
    return { ...parsed, metadata };
  } catch (error) {
    if (error instanceof RangeError) throw tooDeep();
    throw error;
  }
}

function tooDeep(): AppError {
  return new AppError('invalid', 'The page is nested too deeply to be read.');
}

/** Elements that have no end. */
const VOID = new Set(
  'area base br col embed hr img input link meta param source track wbr p li dt dd tr td th option'.split(
    ' ',
  ),
);

/** A look at the tags before a tree is made of them. Those that may be left open are not counted. */
function isTooDeep(source: string): boolean {
  let depth = 0;
  for (const [tag, slash, name] of source.matchAll(/<(\/?)([a-z][a-z0-9-]*)[^>]*>?/gi)) {
    if (VOID.has(name!.toLowerCase()) || tag.endsWith('/>')) continue;
    depth = Math.max(0, depth + (slash ? -1 : 1));
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}

/** Names of `<meta>` → ours. */
const META: Record<string, string> = {
  author: 'author',
  'article:author': 'author',
  description: 'description',
  keywords: 'keywords',
  date: 'created',
  'article:published_time': 'created',
  'article:modified_time': 'modified',
};

function metadataOf(document: Document): DocumentMetadata {
  const metadata: DocumentMetadata = {};
  const language = document.documentElement?.getAttribute('lang')?.trim();
  if (language) metadata['language'] = language;
  for (const meta of document.querySelectorAll('meta[content]')) {
    const name = meta.getAttribute('name') ?? meta.getAttribute('property') ?? '';
    const value = meta.getAttribute('content')?.trim();
    const ours = Object.hasOwn(META, name.toLowerCase()) ? META[name.toLowerCase()] : undefined;
    if (ours && value) metadata[ours] ??= value;
  }
  return metadata;
}

/** Changes the document. */
function articleOf(document: unknown) {
  return new Readability(document as Document, {
    disableJSONLD: true,
    serializer: (node) => node as HTMLElement,
  }).parse();
}

function markdown(): TurndownService {
  const service = new TurndownService({
    headingStyle: 'atx',
    codeBlockStyle: 'fenced',
    bulletListMarker: '-',
  });
  service.addRule('table', {
    filter: 'table',
    replacement: (content, node) => `\n\n${tableOf(node as HTMLTableElement) ?? content.trim()}\n\n`,
  });
  // An address or a picture is nothing to search for.
  service.addRule('link', { filter: 'a', replacement: (content) => content });
  service.addRule('picture', { filter: 'img', replacement: () => '' });
  service.addRule('item', {
    filter: 'li',
    replacement: (content, node, { bulletListMarker }) => {
      const list = node.parentNode as HTMLElement | null;
      const items = list ? [...list.children].filter(({ nodeName }) => nodeName === 'LI') : [];
      const first = Number(list?.getAttribute?.('start') ?? 1) || 1;
      const mark =
        list?.nodeName === 'OL' ? `${first + items.indexOf(node as HTMLElement)}.` : bulletListMarker;
      return `${mark} ${content.trim().replace(/\n+/g, '\n').replace(/\n/g, '\n  ')}\n`;
    },
  });
  service.escape = (text) => text;
  return service;
}

/** A table of data as Markdown; null for one that only arranges other content: with tables inside, or a single column. */
function tableOf(table: HTMLTableElement): string | null {
  if (table.querySelector('table')) return null;
  const rows = [...table.querySelectorAll('tr')].map((row) =>
    [...row.children]
      .filter(({ nodeName }) => nodeName === 'TD' || nodeName === 'TH')
      .flatMap((cell) => {
        const span = Math.min(Math.max(Number(cell.getAttribute('colspan') ?? 1) || 1, 1), 60);
        return [cell.textContent?.trim() ?? '', ...Array.from({ length: span - 1 }, () => '')];
      }),
  );
  const [header, ...body] = rows.filter((row) => row.some((cell) => cell !== ''));
  if (!header) return '';
  const width = Math.max(header.length, ...body.slice(0, 1000).map((row) => row.length));
  if (width < 2) return null;
  const caption = table.querySelector('caption')?.textContent?.trim();
  const text = markdownTable(
    Array.from({ length: width }, (_, index) => header[index] ?? ''),
    body,
  );
  return caption ? `${caption}\n\n${text}` : text;
}
