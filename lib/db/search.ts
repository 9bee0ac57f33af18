import { setImmediate as nextTurn } from 'node:timers/promises';
import { analyseQuery, hasPhrases, type QueryWord } from '#lib/knowledge/analyse-query.ts';
import { type RankedWord, rankChunks, rarity } from '#lib/knowledge/rank.ts';
import { snippetOf } from '#lib/knowledge/snippet.ts';
import { type Condition, filterOf } from './search-filter.ts';
import { CHUNKS, LANGUAGE, LENGTH, STRONG, wordOf } from './search-index.ts';
import { similarWords } from './search-similar.ts';

export interface ChunkQuery {
  baseId: string;
  /** Whatever somebody typed. */
  text: string;
  /** 1 to 50; more where hits are ordered once more. */
  topK: number;
  /** See `filterOf`. */
  filter?: Record<string, unknown> | undefined;
  /** The last word is still being typed: match what begins with it. */
  prefix?: boolean | undefined;
}

export interface ChunkHit {
  documentId: string;
  /** Name of the document. */
  document: string;
  /** Names the document within its base and source. */
  path: string;
  title: string | null;
  /** Where the document came from. */
  uri: string | null;
  versionId: string;
  ordinal: number;
  page: number | null;
  headings: string[];
  text: string;
  fingerprint: string | null;
  /** A part of the text around the matches, which stand between `**`. */
  snippet: string;
  /** 0 to 1: the share of what a passage could have for this query. Comparable between searches of a base. */
  score: number;
}

/** The ids of versions that are searched, of documents that a filter lets through. */
export type FilterVersions = (baseId: string, filter: Record<string, unknown>) => Promise<string[]>;

/** Full-text search over the chunks of one knowledge base, best first. Any of the words may match. */
export type Search = (query: ChunkQuery) => Promise<ChunkHit[]>;

/** Words of the index: a chunk matches that has one of each list. */
export type Match = readonly (readonly string[])[];

/** A chunk that may be a hit, with what it is ranked by. */
export interface Candidate {
  id: number;
  versionId: string;
  document: string;
  ordinal: number;
  headingTerms: string;
  terms: string;
  length: number;
}

/** The statements of a database that the search is made of. They find; what is best is decided here, for all of them. */
export interface SearchStatements {
  /** How many chunks have each of the terms; with the entries of the base itself, which begin with a space. */
  counts(baseId: string, terms: readonly string[]): Promise<{ term: string; chunks: number }[]>;
  /** Terms from one (included) to another (not), of a length, as "term count", the first `most`. */
  range(
    baseId: string,
    range: { from: string; to: string; shortest: number; longest: number; most: number },
  ): Promise<string[]>;
  /** The numbers of chunks that match, of each match `most` at most. */
  postings(matches: readonly Match[], most: number): Promise<number[][]>;
  /** The numbers of all chunks of documents that a filter lets through. */
  allowed(baseId: string, filter: readonly Condition[]): Promise<number[]>;
  /** The versions of documents that a filter lets through. */
  versions(baseId: string, filter: readonly Condition[]): Promise<string[]>;
  candidates(baseId: string, ids: readonly number[]): Promise<Candidate[]>;
  /** With empty snippet and a score of 0, in no order. Headings are JSON text. */
  texts(ids: readonly number[]): Promise<(Omit<ChunkHit, 'headings'> & { id: number; headings: string })[]>;
}

/** So many numbers of chunks are asked for at most: common words only order what rarer ones find. */
const BUDGET = 6000;
/** So many of them are looked at more closely. */
const CANDIDATES = 200;
/** Words that chunks are found by, the rarest; all of them order. */
const FINDING_WORDS = 12;
/** Texts that are looked through for phrases in one go. */
const TEXTS_A_TURN = 20;
/** Words of a query that nothing has, for which something like them is looked for: each costs a look at many. */
const GUESSED_WORDS = 6;
/** What a word counts when a chunk has it, and when it is about it, before its text is looked at. */
const HAS = 0.45;
const ABOUT = 0.25;

/** `Search`, over the statements of a database. */
export async function searchChunks(statements: SearchStatements, query: ChunkQuery): Promise<ChunkHit[]> {
  const { baseId, topK } = query;
  const filter = filterOf(query.filter);
  const base = baseOf(await statements.counts(baseId, []));
  if (base.chunks === 0) return [];
  const { words, phrases, typing } = analyseQuery(query.text, base.languages, { prefix: query.prefix });
  if (words.length === 0) return [];
  const known = await knownWords(statements, { baseId, words, typing, languages: base.languages });
  const usable = known.filter((word) => word.chunks > 0);
  if (usable.length === 0) return [];

  const allowed = filter.length === 0 ? null : new Set(await statements.allowed(baseId, filter));
  if (allowed?.size === 0) return [];
  const ids = await findCandidates(statements, { baseId, words: usable, base, allowed });
  let candidates = ids.length === 0 ? [] : await statements.candidates(baseId, ids);
  const texts = new Map<number, Awaited<ReturnType<SearchStatements['texts']>>[number]>();
  if (phrases.length > 0 && candidates.length > 0) {
    for (const row of await statements.texts(candidates.map(({ id }) => id))) texts.set(row.id, row);
    const fitting: Candidate[] = [];
    for (const [count, candidate] of candidates.entries()) {
      // A text is taken apart anew: a turn is left to others in between.
      if (count % TEXTS_A_TURN === 0) await nextTurn();
      const row = texts.get(candidate.id);
      if (row && hasPhrases([row.text, ...headingsOf(row.headings)], phrases)) fitting.push(candidate);
    }
    candidates = fitting;
  }
  const best = rankChunks(known, candidates, base).slice(0, topK);
  const missing = best.map(({ chunk }) => chunk.id).filter((id) => !texts.has(id));
  if (missing.length > 0) for (const row of await statements.texts(missing)) texts.set(row.id, row);
  const matched = new Set(usable.flatMap((word) => [...word.terms.keys()]));
  return best.flatMap(({ chunk, score }) => {
    const row = texts.get(chunk.id);
    // Deleted in between.
    if (!row) return [];
    const { id: _, ...rest } = row;
    const snippet = snippetOf(row.text, { terms: matched, languages: base.languages, typing });
    return [{ ...rest, headings: headingsOf(row.headings), snippet, score }];
  });
}

interface Base {
  chunks: number;
  length: number;
  languages: string[];
}

function baseOf(rows: readonly { term: string; chunks: number }[]): Base {
  const base: Base = { chunks: 0, length: 0, languages: [] };
  const languages: [string, number][] = [];
  for (const { term, chunks } of rows) {
    if (term === CHUNKS) base.chunks = chunks;
    else if (term === LENGTH) base.length = chunks;
    else if (term.startsWith(LANGUAGE)) languages.push([term.slice(LANGUAGE.length), chunks]);
  }
  base.languages = languages.sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([code]) => code);
  return base;
}

/** The words of a query with what is known of them; what nothing has is looked for by something like it. */
async function knownWords(
  statements: SearchStatements,
  {
    baseId,
    words,
    typing,
    languages,
  }: { baseId: string; words: readonly QueryWord[]; typing: string | null; languages: readonly string[] },
): Promise<RankedWord[]> {
  const counts = new Map<string, number>();
  const all = [...new Set(words.flatMap((word) => word.terms))];
  for (const { term, chunks } of await statements.counts(baseId, all)) counts.set(term, chunks);
  const known: RankedWord[] = [];
  let guessed = 0;
  for (const [index, word] of words.entries()) {
    const terms = new Map<string, number>();
    let chunks = 0;
    for (const term of word.terms) {
      const count = counts.get(term) ?? 0;
      if (count > 0) terms.set(term, 1);
      chunks += count;
    }
    const typed = index === words.length - 1 ? typing : null;
    const isGuessed = chunks === 0 && !word.exact && !word.whole;
    if (isGuessed) guessed += 1;
    if (typed !== null || (!word.exact && !word.whole && (chunks > 0 || guessed <= GUESSED_WORDS))) {
      for (const similar of await similarWords(statements, {
        baseId,
        word,
        typing: typed,
        languages,
        known: chunks > 0,
      })) {
        if (terms.has(similar.term)) continue;
        terms.set(similar.term, similar.factor);
        chunks += similar.chunks;
      }
    }
    // Where nobody writes it in one, it is no word that is missing.
    if (chunks === 0 && word.whole) continue;
    known.push({ terms, chunks, extra: word.whole });
  }
  return known;
}

/**
 * The numbers of the chunks that may be best: what the rarest words find, ordered by how much the words say that are
 * there. Words that half of the chunks have find nothing by themselves when there are rarer ones.
 */
async function findCandidates(
  statements: SearchStatements,
  {
    baseId,
    words,
    base,
    allowed,
  }: { baseId: string; words: readonly RankedWord[]; base: Base; allowed: ReadonlySet<number> | null },
): Promise<number[]> {
  const rarest = words.toSorted((a, b) => a.chunks - b.chunks).slice(0, FINDING_WORDS);
  const has = (word: RankedWord) => [...word.terms.keys()].map((term) => wordOf(baseId, term));
  const about = (word: RankedWord) => [...word.terms.keys()].map((term) => wordOf(baseId, STRONG + term));
  // What a filter lets through of them may be few.
  const budget =
    allowed === null ? BUDGET : Math.min(10 * BUDGET, Math.ceil((BUDGET * base.chunks) / allowed.size));
  const finding: RankedWord[] = [];
  let asked = 0;
  for (const word of rarest) {
    if (asked + word.chunks > budget) break;
    asked += word.chunks;
    finding.push(word);
  }
  const weightOf = (word: RankedWord) => rarity(word.chunks, base.chunks) * Math.max(...word.terms.values());
  const matches: Match[] = [];
  const weights: number[] = [];
  const ask = (match: Match, weight: number) => {
    matches.push(match);
    weights.push(weight);
  };
  const common = rarest.slice(finding.length);
  if (finding.length > 0) {
    const found = finding.flatMap(has);
    for (const word of finding) {
      ask([has(word)], HAS * weightOf(word));
      ask([about(word)], ABOUT * weightOf(word));
    }
    for (const word of common) {
      ask([found, has(word)], HAS * weightOf(word));
      ask([found, about(word)], ABOUT * weightOf(word));
    }
  } else {
    // All are common: chunks that are about one of them, and those that have several.
    const total = common.reduce((sum, word) => sum + HAS * weightOf(word), 0);
    if (common.length > 1) ask(common.map(has), total);
    for (const [index, word] of common.entries()) {
      ask([about(word)], (HAS + ABOUT) * weightOf(word));
      for (const other of common.slice(0, index)) ask([about(other), about(word)], ABOUT * weightOf(word));
    }
    if (common.length === 1) ask([has(common[0]!)], HAS * weightOf(common[0]!));
  }
  const found = new Map<number, number>();
  for (const [index, ids] of (await statements.postings(matches, budget)).entries()) {
    for (const id of ids) {
      if (allowed === null || allowed.has(id)) found.set(id, (found.get(id) ?? 0) + weights[index]!);
    }
  }
  // Of thousands only those are put in order that may be among the first.
  const least = Float64Array.from(found.values()).sort().at(-CANDIDATES) ?? 0;
  return [...found]
    .filter(([, weight]) => weight >= least)
    .sort((a, b) => b[1] - a[1] || a[0] - b[0])
    .slice(0, CANDIDATES)
    .map(([id]) => id);
}

function headingsOf(json: string): string[] {
  return JSON.parse(json) as string[];
}
