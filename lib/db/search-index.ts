import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Database, Tx } from './database.ts';

/**
 * The full-text index: for each chunk that is searched, its terms; and for each base, in how many of its chunks a term
 * stands. `search-index-sqlite.ts` and `search-index-postgres.ts` hold the statements; what goes into them is the same.
 */
export interface SearchIndex {
  /** Number and words of chunks; words are separated by spaces. */
  add(tx: Tx, chunks: readonly (readonly [id: number, words: string])[]): Promise<void>;
  /** Of consecutive chunks of a version: `from` to before `to`. */
  remove(tx: Tx, versionId: string, from: number, to: number): Promise<void>;
  /** Adds to the counts of terms; those that come to nothing are removed. */
  count(tx: Tx, baseId: string, counts: readonly (readonly [term: string, chunks: number])[]): Promise<void>;
  /** Waits until no other transaction changes the counts of the base. */
  hold(tx: Tx, baseId: string): Promise<void>;
}

/** Beside the terms of a base: how many chunks it has, how long they are together, and how many are in a language. */
export const CHUNKS = ' chunks';
export const LENGTH = ' length';
export const LANGUAGE = ' language ';

/** On SQLite a statement holds the event loop: a turn is left to others after so many chunks. */
const CHUNKS_PER_STATEMENT = 100;
const TERMS_PER_STATEMENT = 2000;

/** Marks a chunk that is about the term: it stands in a heading, or often. */
export const STRONG = '!';
/** Times in a text of so many terms, from which on it stands there often. */
const OFTEN = 2;
const USUAL_LENGTH = 120;

/** Begins each word of a base in the index, so that a base is searched as if it were alone. */
export function wordOf(baseId: string, term: string): string {
  return baseId.slice(0, 8) + term;
}

/**
 * Makes the chunks of a version searchable. Inside the transaction that makes the version live; its chunks are stored
 * before. Reads them in portions, so that a long document takes no more memory than a short one.
 */
export async function indexVersion(database: Database, tx: Tx, versionId: string): Promise<void> {
  const version = await tx.documentVersion.findUnique({
    where: { id: versionId },
    select: { baseId: true, language: true },
  });
  if (!version) return;
  const { baseId, language } = version;
  const counts = new Counts(language);
  for (let from = 0; ; from += CHUNKS_PER_STATEMENT) {
    const chunks = await portion(tx, versionId, from);
    if (chunks.length === 0) break;
    await database.searchIndex.add(
      tx,
      chunks.map((chunk) => [chunk.id, indexed(baseId, counts.add(chunk))]),
    );
    await nextTurn();
  }
  await store(database, tx, { baseId, counts, sign: 1 });
}

/** Takes the chunks of a version from an ordinal on out of the index. Before they are deleted, and in the same transaction. */
export async function unindexVersion(
  database: Database,
  tx: Tx,
  versionId: string,
  first = 0,
): Promise<void> {
  const version = await tx.documentVersion.findUnique({
    where: { id: versionId },
    select: { baseId: true, language: true },
  });
  if (!version) return;
  const { baseId, language } = version;
  const counts = new Counts(language);
  for (let from = first; ; from += CHUNKS_PER_STATEMENT) {
    const chunks = await portion(tx, versionId, from);
    if (chunks.length === 0) break;
    for (const chunk of chunks) counts.add(chunk);
    await database.searchIndex.remove(tx, versionId, from, from + CHUNKS_PER_STATEMENT);
    await nextTurn();
  }
  await store(database, tx, { baseId, counts, sign: -1 });
}

interface ChunkTerms {
  id: number;
  headingTerms: string;
  terms: string;
  length: number;
}

function portion(tx: Tx, versionId: string, from: number): Promise<ChunkTerms[]> {
  return tx.chunk.findMany({
    where: { versionId, ordinal: { gte: from, lt: from + CHUNKS_PER_STATEMENT } },
    orderBy: { ordinal: 'asc' },
    select: { id: true, headingTerms: true, terms: true, length: true },
  });
}

async function store(
  database: Database,
  tx: Tx,
  { baseId, counts, sign }: { baseId: string; counts: Counts; sign: 1 | -1 },
): Promise<void> {
  const all = counts.all(sign);
  if (all.length === 0) return;
  await database.searchIndex.hold(tx, baseId);
  for (let from = 0; from < all.length; from += TERMS_PER_STATEMENT) {
    await database.searchIndex.count(tx, baseId, all.slice(from, from + TERMS_PER_STATEMENT));
    await nextTurn();
  }
}

/** What a chunk is found by: term → whether it is about that. */
type Found = ReadonlyMap<string, boolean>;

/** Adds up what the chunks of a version bring to their base. */
class Counts {
  readonly #terms = new Map<string, number>();
  readonly #language: string | null;
  #chunks = 0;
  #length = 0;

  constructor(language: string | null) {
    this.#language = language;
  }

  add({ headingTerms, terms, length }: ChunkTerms): Found {
    const found = new Map<string, boolean>();
    const times = new Map<string, number>();
    for (const term of split(terms)) times.set(term, (times.get(term) ?? 0) + 1);
    const often = OFTEN * (0.25 + (0.75 * length) / USUAL_LENGTH);
    for (const [term, count] of times) found.set(term, count >= often);
    for (const term of split(headingTerms)) found.set(term, true);
    for (const term of found.keys()) this.#terms.set(term, (this.#terms.get(term) ?? 0) + 1);
    this.#chunks += 1;
    this.#length += length;
    return found;
  }

  /** In the order of the terms. */
  all(sign: 1 | -1): [string, number][] {
    if (this.#chunks === 0) return [];
    const all: [string, number][] = [...this.#terms];
    all.push([CHUNKS, this.#chunks], [LENGTH, this.#length]);
    if (this.#language) all.push([LANGUAGE + this.#language, this.#chunks]);
    return all
      .map(([term, count]): [string, number] => [term, sign * count])
      .filter(([, count]) => count !== 0)
      .sort(([a], [b]) => (a < b ? -1 : 1));
  }
}

function indexed(baseId: string, found: Found): string {
  const words: string[] = [];
  for (const [term, strong] of found) {
    words.push(wordOf(baseId, term));
    if (strong) words.push(wordOf(baseId, STRONG + term));
  }
  return words.join(' ');
}

export function split(terms: string): string[] {
  return terms === '' ? [] : terms.split(' ');
}
