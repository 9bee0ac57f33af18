import { parseHTML } from 'linkedom';
import type { ParseRequest } from '#lib/engine/capabilities.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import { PARSE_LIMITS } from './limits.ts';
import { ParseError, tooLarge } from './parse-error.ts';

type HtmlRequest = ParseRequest & { format: 'html' };

/**
 * What a CSS selector finds in a page, in its order: the text of each (white space collapsed, without scripts and
 * styles), its inner HTML, or an attribute (null where it has none). Nothing in the page is run or fetched.
 * Throws ParseError.
 */
export function parseHtml(request: HtmlRequest): JsonValue {
  const { text, selector } = request;
  if (selector.length > PARSE_LIMITS.selector) {
    throw tooLarge(`The selector is longer than ${PARSE_LIMITS.selector} characters.`);
  }
  try {
    // A fragment without <html> would lose its text.
    const page = /<html[\s>]/i.test(text) ? text : `<!doctype html><html><body>${text}</body></html>`;
    const { document } = parseHTML(page);
    return values(found(document, selector), request);
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge('The page is nested too deeply to be read.');
    throw error;
  }
}

function found(document: Document, selector: string): Element[] {
  try {
    return [...document.querySelectorAll(selector)];
  } catch (error) {
    if (error instanceof RangeError) throw error;
    throw new ParseError(`"${selector.slice(0, 100)}" is not a CSS selector.`);
  }
}

function values(elements: Element[], { take, attribute }: HtmlRequest): JsonValue {
  if (elements.length > PARSE_LIMITS.found) {
    throw tooLarge(`The selector finds more than ${PARSE_LIMITS.found} elements. Make it narrower.`);
  }
  // Elements may lie in each other, and then their texts repeat.
  let left = PARSE_LIMITS.valueCharacters;
  return elements.map((element) => {
    const value = taken(element, { take, attribute });
    left -= value?.length ?? 0;
    if (left < 0) throw tooLarge('What the selector finds is too large. Make it narrower.');
    return value;
  });
}

function taken(
  element: Element,
  { take, attribute }: Pick<HtmlRequest, 'take' | 'attribute'>,
): string | null {
  if (take === 'attribute') return element.getAttribute(attribute);
  if (take === 'html') return element.innerHTML.trim();
  return readableText(element).replace(/\s+/g, ' ').trim();
}

const UNREAD = 'script, style, noscript, template';

function readableText(element: Element): string {
  if (element.matches(UNREAD) || element.querySelector(UNREAD) === null) return element.textContent ?? '';
  const copy = element.cloneNode(true) as Element;
  for (const unread of copy.querySelectorAll(UNREAD)) unread.remove();
  return copy.textContent ?? '';
}
