import { jsonLanguage } from '@codemirror/lang-json';
import type { JsonPath } from './json-path.ts';

type SyntaxNode = ReturnType<typeof jsonLanguage.parser.parse>['topNode'];

/** Characters of a JSON text. */
export interface TextPlace {
  from: number;
  to: number;
}

/** Where the value at a path stands in a JSON text; null when there is none. Of a text, what is between the quotes. */
export function jsonTextPlace(text: string, path: JsonPath): TextPlace | null {
  let node: SyntaxNode | null = jsonLanguage.parser.parse(text).topNode.firstChild;
  for (const step of path) {
    if (!node) return null;
    node = typeof step === 'number' ? itemOf(node, step) : memberOf(node, step, text);
  }
  if (!node) return null;
  return node.name === 'String' ? { from: node.from + 1, to: node.to - 1 } : { from: node.from, to: node.to };
}

/**
 * A range of characters of the value, as a range of the JSON text: escapes make the text longer than the value.
 * `place` is that of a text.
 */
export function withinJsonText(
  text: string,
  place: TextPlace,
  range: { start: number; end: number },
): TextPlace {
  const ends = [place.from];
  const written = text.slice(place.from, place.to).matchAll(/\\u[0-9a-fA-F]{4}|\\.|[^\\]/gs);
  for (const [piece] of written) {
    const last = ends.at(-1)!;
    ends.push(last + piece.length);
  }
  return { from: ends[range.start] ?? place.to, to: ends[range.end] ?? place.to };
}

function itemOf(list: SyntaxNode, index: number): SyntaxNode | null {
  if (list.name !== 'Array') return null;
  return valuesIn(list)[index] ?? null;
}

function memberOf(object: SyntaxNode, name: string, text: string): SyntaxNode | null {
  for (const property of object.getChildren('Property')) {
    const key = property.getChild('PropertyName');
    if (key && readName(text.slice(key.from, key.to)) === name) return valuesIn(property)[0] ?? null;
  }
  return null;
}

const VALUES = new Set(['String', 'Number', 'True', 'False', 'Null', 'Object', 'Array']);

function valuesIn(node: SyntaxNode): SyntaxNode[] {
  const values: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling)
    if (VALUES.has(child.name)) values.push(child);
  return values;
}

function readName(written: string): string | null {
  try {
    return JSON.parse(written) as string;
  } catch {
    return null;
  }
}
