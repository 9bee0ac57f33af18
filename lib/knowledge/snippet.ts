import { folded, termOf } from './analyse-terms.ts';
import { type Word, wordsOf } from './analyse-words.ts';

/** What is marked: words with one of these terms in one of the languages, and those that begin with what is typed. */
export interface Marked {
  terms: ReadonlySet<string>;
  languages: readonly string[];
  typing?: string | null;
}

/** Characters of a snippet, about. */
const LENGTH = 220;
/** Of them, before the first match. */
const BEFORE = 40;

/** The part of a text with the most matches, which stand between `**`; `…` where something is left out. */
export function snippetOf(text: string, marked: Marked): string {
  const ranges = matchesIn(text, marked);
  const [from, to] = windowOf(text, ranges);
  const inside = ranges.filter(({ start, end }) => start >= from && end <= to);
  let snippet = '';
  let at = from;
  for (const { start, end } of inside) {
    snippet += `${text.slice(at, start)}**${text.slice(start, end)}**`;
    at = end;
  }
  snippet += text.slice(at, to);
  const line = snippet.replace(/\s+/g, ' ').trim();
  return `${from > 0 ? '…' : ''}${line}${to < text.length ? '…' : ''}`;
}

interface Range {
  start: number;
  end: number;
  term: string;
}

/** Where the matches are; they do not overlap. */
export function matchesIn(text: string, marked: Marked): Range[] {
  const ranges: Range[] = [];
  for (const word of wordsOf(text)) {
    const term = matchOf(word, marked);
    if (term === null) continue;
    const last = ranges.at(-1);
    if (last && word.start < last.end) last.end = Math.max(last.end, word.end);
    else ranges.push({ start: word.start, end: word.end, term });
  }
  return ranges;
}

function matchOf(word: Word, { terms, languages, typing }: Marked): string | null {
  for (const language of languages.length > 0 ? languages : ['']) {
    const term = termOf(word, language);
    if (term !== null && terms.has(term)) return term;
  }
  return typing && folded(word.text).startsWith(typing) ? typing : null;
}

/** The window with the most different matches; the first of those that have as many. */
function windowOf(text: string, ranges: readonly Range[]): [from: number, to: number] {
  if (text.length <= LENGTH) return [0, text.length];
  let [best, most] = [0, 0];
  for (const [index, { start }] of ranges.entries()) {
    const found = new Set<string>();
    let count = 0;
    for (let next = index; next < ranges.length && ranges[next]!.end <= start - BEFORE + LENGTH; next += 1) {
      found.add(ranges[next]!.term);
      count += 1;
    }
    const value = found.size + count / 1000;
    if (value > most) [best, most] = [start, value];
  }
  const from = wordStart(text, Math.max(0, Math.min(best - BEFORE, text.length - LENGTH)));
  return [from, wordEnd(text, Math.min(text.length, from + LENGTH))];
}

/** Not in the middle of a word, where there is a space near. */
function wordStart(text: string, at: number): number {
  if (at === 0) return 0;
  const space = text.slice(at, at + 25).search(/\s/);
  return space < 0 ? whole(text, at) : at + space + 1;
}

function wordEnd(text: string, at: number): number {
  if (at >= text.length) return text.length;
  const space = text.slice(at, at + 25).search(/\s/);
  return space < 0 ? whole(text, at) : at + space;
}

/** Not between the halves of a surrogate pair. */
function whole(text: string, at: number): number {
  return /[\uDC00-\uDFFF]/.test(text[at] ?? '') ? at + 1 : at;
}
