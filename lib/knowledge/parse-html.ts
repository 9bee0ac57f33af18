import { Readability } from '@mozilla/readability';
import { parseHTML } from 'linkedom';
import TurndownService from 'turndown';
import { AppError } from '#lib/db/app-error.ts';
import type { ParsedDocument } from './document.ts';
import { parseMarkdown } from './parse-markdown.ts';

/** Looking for the content takes time that grows faster than the page; beyond so many elements it is all taken. */
const MAX_ELEMENTS = 30_000;

/** A web page: what is its content (menus and the like are left out), as Markdown. Nothing in it is run or fetched. */
export function parseHtml(source: string, fallbackTitle: string): ParsedDocument {
  try {
    // A fragment without <html> would lose its text.
    const page = /<html[\s>]/i.test(source) ? source : `<!doctype html><html><body>${source}</body></html>`;
    const { document } = parseHTML(page);
    for (const dead of document.querySelectorAll('script, style, noscript, template, svg, iframe'))
      dead.remove();
    const title = document.querySelector('title')?.textContent?.trim() || undefined;
    const body = document.body.cloneNode(true) as HTMLElement;
    const article = document.querySelectorAll('*').length > MAX_ELEMENTS ? null : articleOf(document);
    // There is nothing to be found in a short page.
    const content = article?.content?.textContent?.trim() ? article.content : body;
    return parseMarkdown(markdown().turndown(content), article?.title?.trim() || title || fallbackTitle);
  } catch (error) {
    if (error instanceof RangeError) {
      throw new AppError('invalid', 'The page is nested too deeply to be read.');
    }
    throw error;
  }
}

/** Changes the document. */
function articleOf(document: unknown) {
  return new Readability(document as Document, {
    disableJSONLD: true,
    serializer: (node) => node as HTMLElement,
  }).parse();
}

function markdown(): TurndownService {
  const service = new TurndownService({ headingStyle: 'atx', codeBlockStyle: 'fenced' });
  // Rows of a table stay rows; an address or a picture is nothing to search for.
  service.addRule('cell', { filter: ['td', 'th'], replacement: (content) => `${content.trim()} | ` });
  service.addRule('row', {
    filter: 'tr',
    replacement: (content) => `\n| ${content.replace(/\n/g, ' ').trim()}`,
  });
  service.addRule('table', { filter: 'table', replacement: (content) => `\n\n${content.trim()}\n\n` });
  service.addRule('link', { filter: 'a', replacement: (content) => content });
  service.addRule('picture', { filter: 'img', replacement: () => '' });
  service.escape = (text) => text;
  return service;
}
