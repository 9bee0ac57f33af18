import type { Block } from './blocks.ts';

/** Characters given to the segmenter at once, at most: it is quadratic in places. */
const PARAGRAPH = 10_000;
/** A fence with more to say than this is not said again. */
const LONGEST_FENCE = 60;

/**
 * A block in pieces of at most `size` characters, the first of at most `room`: a table between its rows, its header said
 * again; code at its blank lines; a list between its items; a paragraph between its sentences.
 */
export function cutBlock(block: Block, size: number, room = size): string[] {
  switch (block.kind) {
    case 'table':
      return cutTable(block.text, size, room);
    case 'code':
      return cutCode(block.text, size, room);
    case 'list':
      return pack(itemsOf(block.text), '\n', size, room);
    case 'prose':
      return pack(sentencesOf(block.text), '', size, room);
  }
}

/** The sentences of a text; together they are the text. */
export function sentencesOf(text: string): string[] {
  const sentences = new Intl.Segmenter(undefined, { granularity: 'sentence' });
  return bounded(text, PARAGRAPH).flatMap((part) =>
    [...sentences.segment(part)].map(({ segment }) => segment),
  );
}

function cutTable(text: string, size: number, room: number): string[] {
  const lines = text.split('\n');
  const ruled = /^\s*\|[\s:|-]*-[\s:|-]*$/.test(lines[1] ?? '');
  const header = ruled ? `${lines[0]}\n${lines[1]}\n` : '';
  // A header as long as this would take the place of the rows.
  if (header.length > size / 2) return pack(lines, '\n', size, room);
  const rows = pack(
    lines.slice(ruled ? 2 : 0),
    '\n',
    size - header.length,
    Math.max(room - header.length, Math.floor(size / 4)),
  );
  return rows.length === 0 ? [text] : rows.map((some) => header + some);
}

function cutCode(text: string, size: number, room: number): string[] {
  const fence = /^ {0,3}(`{3,}|~{3,})[^\n]*/.exec(text);
  const open = fence?.[0] ?? '';
  const close = fence?.[1] ?? '';
  const lines = text.split('\n');
  const isClosed = fence !== null && lines.length > 1 && lines.at(-1)!.trim() === close;
  const around = open.length + close.length + 2;
  if (!isClosed || open.length > LONGEST_FENCE || around > size / 2) {
    return pack(partsOf(lines), '\n', size, room);
  }
  const inside = pack(
    partsOf(lines.slice(1, -1)),
    '\n',
    size - around,
    Math.max(room - around, Math.floor(size / 4)),
  );
  return inside.map((part) => `${open}\n${part}\n${close}`);
}

/** Lines up to a blank one, each with the blank lines after it. */
function partsOf(lines: readonly string[]): string[] {
  const parts: string[] = [];
  let part: string[] = [];
  for (const [index, line] of lines.entries()) {
    part.push(line);
    if (line.trim() === '' && (lines[index + 1] ?? '').trim() !== '') {
      parts.push(part.join('\n'));
      part = [];
    }
  }
  if (part.length > 0) parts.push(part.join('\n'));
  return parts;
}

/** The items of a list, each with what is indented under it. */
function itemsOf(text: string): string[] {
  const items: string[] = [];
  let item: string[] = [];
  for (const line of text.split('\n')) {
    if (item.length > 0 && /^ {0,3}(?:[-*+]|\d{1,9}[.)])(?: |$)/.test(line)) {
      items.push(item.join('\n'));
      item = [];
    }
    item.push(line);
  }
  items.push(item.join('\n'));
  return items;
}

/** Parts put together while they fit; one that does not fit alone is cut at its lines, sentences, words. */
function pack(parts: readonly string[], joint: string, size: number, room: number): string[] {
  const packed: string[] = [];
  let current: string[] = [];
  let length = 0;
  const flush = () => {
    const text = current.join(joint);
    if (text.trim() !== '') packed.push(text.trimEnd());
    current = [];
    length = 0;
  };
  for (const part of parts) {
    for (const piece of smaller(part, size)) {
      const most = packed.length === 0 ? room : size;
      if (current.length > 0 && length + joint.length + piece.length > most) flush();
      length += (current.length > 0 ? joint.length : 0) + piece.length;
      current.push(piece);
    }
  }
  flush();
  return packed;
}

function smaller(part: string, size: number): string[] {
  if (part.length <= size) return [part];
  const lines = part.split('\n');
  if (lines.length > 1) return pack(lines, '\n', size, size);
  const sentences = sentencesOf(part);
  if (sentences.length > 1) return pack(sentences, '', size, size);
  return bounded(part, size);
}

/** Cuts what is too long, at white space where there is some near the end, and no character in two. */
function bounded(text: string, size: number): string[] {
  const parts: string[] = [];
  let start = 0;
  while (text.length - start > size) {
    const space = text.slice(start, start + size).lastIndexOf(' ');
    let end = start + (space > size / 2 ? space + 1 : size);
    if (/[\uD800-\uDBFF]/.test(text[end - 1]!)) end -= 1;
    parts.push(text.slice(start, end));
    start = end;
  }
  parts.push(text.slice(start));
  return parts;
}
