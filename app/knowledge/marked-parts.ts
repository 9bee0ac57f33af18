/** A piece of a text, and whether it was found. */
export interface MarkedPart {
  text: string;
  marked: boolean;
  /** Where it begins. */
  at: number;
}

/** Takes a snippet apart whose finds stand between `**`. Marks without a partner stay as they are. */
export function markedParts(snippet: string): MarkedPart[] {
  const parts: MarkedPart[] = [];
  const add = (text: string, marked: boolean, at: number): void => {
    if (text !== '') parts.push({ text, marked, at });
  };
  let from = 0;
  for (const match of snippet.matchAll(/\*\*(.+?)\*\*/gs)) {
    add(snippet.slice(from, match.index), false, from);
    add(match[1] ?? '', true, match.index);
    from = match.index + match[0].length;
  }
  add(snippet.slice(from), false, from);
  return parts;
}

/** The words that a snippet marks, each once, as they stand there. */
export function markedWords(snippet: string): string[] {
  return [...new Set(markedParts(snippet).flatMap(({ text, marked }) => (marked ? [text] : [])))];
}

/** A text with these words marked, whole words only, whatever their case. */
export function markWords(text: string, words: readonly string[]): MarkedPart[] {
  const wanted = words.map((word) => word.trim()).filter((word) => word !== '');
  if (wanted.length === 0) return text === '' ? [] : [{ text, marked: false, at: 0 }];
  const any = wanted
    .toSorted((a, b) => b.length - a.length)
    .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('|');
  const parts: MarkedPart[] = [];
  let from = 0;
  for (const match of text.matchAll(new RegExp(`(?<![\\p{L}\\p{N}])(?:${any})(?![\\p{L}\\p{N}])`, 'giu'))) {
    if (match.index > from) parts.push({ text: text.slice(from, match.index), marked: false, at: from });
    parts.push({ text: match[0], marked: true, at: match.index });
    from = match.index + match[0].length;
  }
  if (from < text.length) parts.push({ text: text.slice(from), marked: false, at: from });
  return parts;
}
