import { SaxesParser } from 'saxes';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import { PARSE_LIMITS } from './limits.ts';
import { ParseError, tooLarge } from './parse-error.ts';

interface Element {
  name: string;
  attributes: Record<string, string>;
  text: string[];
  children: Map<string, JsonValue[]>;
}

/**
 * The root element as `{ name, attributes, text, children }`; `children` holds a list for each name, so that one
 * child looks like several. Declared entities are not replaced and nothing is fetched: a text that uses one is
 * refused. Throws ParseError with line and column.
 */
export function parseXml(text: string): JsonValue {
  const parser = new SaxesParser();
  const open: Element[] = [];
  let root: JsonValue = null;
  const place = () => ({ line: parser.line, column: parser.columnIndex });
  const failed = (what: string) => {
    const at = place();
    return new ParseError(`The text is not XML: ${what}, at line ${at.line}, column ${at.column}.`, at);
  };

  parser.on('error', (error) => {
    throw failed(error.message.replace(/^\d+:\d+:\s*/, '').replace(/\.$/, ''));
  });
  parser.on('opentag', ({ name, attributes }) => {
    if (open.length >= PARSE_LIMITS.elementDepth) {
      throw tooLarge(`The XML is nested deeper than ${PARSE_LIMITS.elementDepth} elements.`);
    }
    if (name === '__proto__' || Object.hasOwn(attributes, '__proto__'))
      throw failed('the name "__proto__" cannot be used');
    open.push({ name, attributes: { ...attributes }, text: [], children: new Map() });
  });
  const addText = (piece: string) => open.at(-1)?.text.push(piece);
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    const element = elementValue(open.pop()!);
    const parent = open.at(-1);
    if (!parent) {
      root = element;
      return;
    }
    const name = element['name'] as string;
    const siblings = parent.children.get(name);
    if (siblings) siblings.push(element);
    else parent.children.set(name, [element]);
  });

  parser.write(text).close();
  return root;
}

function elementValue({ name, attributes, text, children }: Element): JsonObject {
  return { name, attributes, text: text.join('').trim(), children: Object.fromEntries(children) };
}
