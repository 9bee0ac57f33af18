/** A piece of Markdown that is read as a whole. */
export interface Block {
  kind: 'prose' | 'list' | 'table' | 'code';
  text: string;
  /** A blank line stood before it. */
  apart: boolean;
}

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const ITEM = /^ {0,3}(?:[-*+]|\d{1,9}[.)])(?: |$)/;
const INDENTED = /^(?: {4}|\t)/;

/** Paragraphs, lists, tables and code of a text, in their order. Each line is looked at once. */
export function blocksOf(text: string): Block[] {
  const lines = text.split('\n');
  const blocks: Block[] = [];
  let apart = false;
  let at = 0;
  while (at < lines.length) {
    if (lines[at]!.trim() === '') {
      apart = true;
      at += 1;
      continue;
    }
    const kind = kindOf(lines[at]!, apart || blocks.length === 0);
    const end = ENDS[kind](lines, at);
    const block = lines.slice(at, end).join('\n').trimEnd();
    blocks.push({ kind, text: kind === 'prose' ? block.trim() : block, apart });
    apart = false;
    at = end;
  }
  return blocks;
}

function kindOf(line: string, begins: boolean): Block['kind'] {
  if (FENCE.test(line) || (begins && INDENTED.test(line))) return 'code';
  if (isRow(line)) return 'table';
  return ITEM.test(line) ? 'list' : 'prose';
}

/** Where the block ends that begins at a line. */
const ENDS: Record<Block['kind'], (lines: readonly string[], at: number) => number> = {
  code(lines, at) {
    const fence = FENCE.exec(lines[at]!)?.[1];
    if (fence === undefined) return lastOf(lines, at, (line) => INDENTED.test(line)) + 1;
    for (let end = at + 1; end < lines.length; end += 1) {
      const line = lines[end]!.trim();
      if (line.startsWith(fence) && /^[`~]+$/.test(line)) return end + 1;
    }
    return lines.length;
  },
  table(lines, at) {
    let end = at + 1;
    while (end < lines.length && isRow(lines[end]!)) end += 1;
    return end;
  },
  list(lines, at) {
    // What is indented belongs to the item before it, also after a blank line.
    return (
      lastOf(lines, at, (line, afterBlank) => {
        if (ITEM.test(line) || /^(?: {2}|\t)/.test(line)) return true;
        return !afterBlank && kindOf(line, false) === 'prose';
      }) + 1
    );
  },
  prose(lines, at) {
    let end = at + 1;
    while (end < lines.length && lines[end]!.trim() !== '' && kindOf(lines[end]!, false) === 'prose')
      end += 1;
    return end;
  },
};

/** The last line that belongs to a block, which may have blank lines inside. */
function lastOf(
  lines: readonly string[],
  at: number,
  belongs: (line: string, afterBlank: boolean) => boolean,
): number {
  let last = at;
  for (let index = at + 1; index < lines.length; index += 1) {
    const line = lines[index]!;
    if (line.trim() === '') continue;
    if (!belongs(line, index > last + 1)) break;
    last = index;
  }
  return last;
}

function isRow(line: string): boolean {
  return line.trimStart().startsWith('|');
}
