import { setImmediate as nextTurn } from 'node:timers/promises';
import type { QueryWord } from '#lib/knowledge/analyse-query.ts';
import { termOf } from '#lib/knowledge/analyse-terms.ts';
import { editDistance } from '#lib/knowledge/rank-spelling.ts';
import type { SearchStatements } from './search.ts';

export interface SimilarWord {
  term: string;
  chunks: number;
  /** How well it stands for the word, to 1. */
  factor: number;
}

interface Asked {
  baseId: string;
  word: QueryWord;
  /** As far as it is typed; null when it is complete. */
  typing: string | null;
  languages: readonly string[];
  /** Whether there are chunks with the word itself. */
  known: boolean;
}

/**
 * Words of the base that may be meant: by a word that is still being typed, that is a part of longer words, or that
 * nothing has as it stands.
 */
export async function similarWords(statements: SearchStatements, asked: Asked): Promise<SimilarWord[]> {
  const { typing, word, known } = asked;
  if (typing !== null) {
    const begun = await beginningWith(statements, asked.baseId, typing);
    if (begun.length > 0 || known) return begun;
  }
  if (word.exact || word.whole || word.typed.length < SHORTEST) return [];
  const longer = await compoundsWith(statements, asked);
  if (known || longer.length > 0) return longer;
  const parts = await partsOf(statements, asked);
  return parts.length > 0 ? parts : spelledAlike(statements, asked);
}

/** Terms of a word that is being typed, the most frequent. */
const COMPLETIONS = 24;
const COMPLETION = 0.8;

async function beginningWith(
  statements: SearchStatements,
  baseId: string,
  typed: string,
): Promise<SimilarWord[]> {
  const shortest = typed.length;
  const range = { from: typed, to: `${typed}\u{10ffff}`, shortest, longest: 64, most: 2000 };
  return entriesOf(await statements.range(baseId, range))
    .sort((a, b) => b.chunks - a.chunks || (a.term < b.term ? -1 : 1))
    .slice(0, COMPLETIONS)
    .map((entry) => ({ ...entry, factor: entry.term === typed ? 1 : COMPLETION }));
}

/** Shorter words are like too many others. */
const SHORTEST = 4;
/** From this length on two letters may be wrong. */
const LONG = 8;
const SPELLINGS = 4;
/** Words that are compared in one go: a turn is left to others in between. */
const WORDS_A_TURN = 1000;
/** For each letter that is wrong. */
const WRONG_LETTER = 0.7;

async function spelledAlike(statements: SearchStatements, { baseId, word }: Asked): Promise<SimilarWord[]> {
  const forms = [...new Set([...word.terms, word.typed])].filter((form) => form.length >= SHORTEST);
  if (forms.length === 0) return [];
  const most = word.typed.length >= LONG ? 2 : 1;
  const shortest = Math.min(...forms.map((form) => form.length)) - most;
  const longest = Math.max(...forms.map((form) => form.length)) + most;
  // The first letter is seldom wrong; it may have changed places with the second.
  const starts = new Set(forms.flatMap((form) => [...form].slice(0, 2)));
  const alike: (SimilarWord & { distance: number })[] = [];
  for (const start of starts) {
    const range = { from: start, to: `${start}\u{10ffff}`, shortest, longest, most: 20_000 };
    for (const [count, entry] of entriesOf(await statements.range(baseId, range)).entries()) {
      if (count % WORDS_A_TURN === 0) await nextTurn();
      if (/\d/.test(entry.term)) continue;
      const distance = Math.min(...forms.map((form) => editDistance(form, entry.term, most)));
      if (distance <= most) alike.push({ ...entry, distance, factor: WRONG_LETTER ** distance });
    }
  }
  const nearest = Math.min(...alike.map(({ distance }) => distance));
  return alike
    .filter(({ distance }) => distance === nearest)
    .sort((a, b) => b.chunks - a.chunks || (a.term < b.term ? -1 : 1))
    .slice(0, SPELLINGS);
}

/** Languages that write several words in one. */
const COMPOUNDING = new Set(['de', 'nl', 'sv', 'da', 'no', 'fi', 'hu']);
const SHORTEST_PART = 4;
const PART = 0.7;
/** A word that others begin with: Rückgabe, where there is Rückgabefrist. */
const SHORTEST_BEGINNING = 6;
const BEGINNING = 0.5;
const LONGER_WORDS = 8;

async function compoundsWith(
  statements: SearchStatements,
  { baseId, word: { typed }, languages }: Asked,
): Promise<SimilarWord[]> {
  if (typed.length < SHORTEST_BEGINNING || !languages.some((code) => COMPOUNDING.has(code))) return [];
  // Without the end of its plural.
  const from = typed.replace(/(?:en|er|e|n|s)$/, '');
  if (from.length < SHORTEST_BEGINNING - 1) return [];
  const range = {
    from,
    to: `${from}\u{10ffff}`,
    shortest: typed.length + SHORTEST_PART,
    longest: 64,
    most: 2000,
  };
  return entriesOf(await statements.range(baseId, range))
    .sort((a, b) => b.chunks - a.chunks || (a.term < b.term ? -1 : 1))
    .slice(0, LONGER_WORDS)
    .map((entry) => ({ ...entry, factor: BEGINNING }));
}

/** Rückgabefrist, where there are Rückgabe and Frist: the cut whose shorter part is longest. */
async function partsOf(
  statements: SearchStatements,
  { baseId, word, languages }: Asked,
): Promise<SimilarWord[]> {
  const language = languages.find((code) => COMPOUNDING.has(code));
  const { typed } = word;
  if (language === undefined || typed.length < 2 * SHORTEST_PART) return [];
  const stem = (text: string) =>
    termOf({ text, kind: 'word', start: 0, end: text.length, capitals: false }, language) ?? '';
  const cuts: { left: string[]; right: string; shorter: number }[] = [];
  for (let at = SHORTEST_PART; at <= typed.length - SHORTEST_PART; at += 1) {
    const left = typed.slice(0, at);
    // What holds the parts together: Lieferungsfrist.
    const lefts = [left, left.replace(/(?:es|en|s|n)$/, '')].filter((form) => form.length >= SHORTEST_PART);
    cuts.push({
      left: [...new Set(lefts.map(stem))],
      right: stem(typed.slice(at)),
      shorter: Math.min(at, typed.length - at),
    });
  }
  const counts = new Map<string, number>();
  const all = [...new Set(cuts.flatMap(({ left, right }) => [...left, right]))].filter((term) => term !== '');
  for (const { term, chunks } of await statements.counts(baseId, all)) counts.set(term, chunks);
  const cut = cuts
    .filter(({ left, right }) => counts.has(right) && left.some((form) => counts.has(form)))
    .sort((a, b) => b.shorter - a.shorter)[0];
  if (!cut) return [];
  const terms = [cut.left.find((form) => counts.has(form))!, cut.right];
  return terms.map((term) => ({ term, chunks: counts.get(term)!, factor: PART }));
}

function entriesOf(rows: readonly string[]): { term: string; chunks: number }[] {
  return rows.map((row) => {
    const space = row.lastIndexOf(' ');
    return { term: row.slice(0, space), chunks: Number(row.slice(space + 1)) };
  });
}
