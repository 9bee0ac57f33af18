/** What a query word is looked for by, with what is known of it. */
export interface RankedWord {
  /** Term → how well it stands for the word, to 1: what it was found by instead counts for less. */
  terms: ReadonlyMap<string, number>;
  /** In how many chunks of the base one of them stands. */
  chunks: number;
  /** Nothing is missing where it is not there. */
  extra: boolean;
}

export interface RankedChunk {
  headingTerms: string;
  terms: string;
  length: number;
  /** Chunks with the same score stand by document and place. */
  document: string;
  ordinal: number;
}

export interface BaseStatistics {
  chunks: number;
  /** Of all chunks together, in terms. */
  length: number;
}

/** BM25F: how soon a repeated word says nothing new, and how much a long text is held against it. */
const SATURATION = 1.2;
const LENGTH_COUNTS = 0.75;
/** A word of a heading is worth so many of the text. */
const HEADING = 2;
/** Of the score: words that stand side by side as in the query. */
const SIDE_BY_SIDE = 0.15;
/** Words of a code come after its whole. */
const NEAR = 2;

/**
 * Chunks, best first, with a score from 0 to 1: the share of what a chunk could have that has every word, often and
 * side by side. BM25F over headings and text with the base's own statistics; the same whatever the database.
 */
export function rankChunks<T extends RankedChunk>(
  words: readonly RankedWord[],
  chunks: readonly T[],
  base: BaseStatistics,
): { chunk: T; score: number }[] {
  const average = Math.max(1, base.length / Math.max(1, base.chunks));
  const weights = words.map((word) => rarity(word.chunks, base.chunks));
  const byTerm = new Map<string, [word: number, factor: number][]>();
  words.forEach((word, index) => {
    for (const [term, factor] of word.terms) {
      const entry = byTerm.get(term) ?? [];
      entry.push([index, factor]);
      byTerm.set(term, entry);
    }
  });
  let possible = 0;
  let possiblePairs = 0;
  words.forEach((word, index) => {
    if (!word.extra) possible += weights[index]!;
    if (index > 0) possiblePairs += pairWeight(weights, index);
  });
  const most = possible + SIDE_BY_SIDE * possiblePairs;
  if (most === 0) return [];

  const counted = new Float64Array(words.length);
  const lastAt = new Int32Array(words.length);
  const paired = new Uint8Array(words.length);
  return chunks
    .map((chunk) => {
      counted.fill(0);
      paired.fill(0);
      const longer = 1 - LENGTH_COUNTS + (LENGTH_COUNTS * chunk.length) / average;
      const read = (terms: string, worth: number): void => {
        lastAt.fill(-10);
        let at = 0;
        for (const term of terms.split(' ')) {
          at += 1;
          const entries = byTerm.get(term);
          if (!entries) continue;
          for (const [index, factor] of entries) {
            counted[index]! += worth * factor;
            if (index > 0 && at - lastAt[index - 1]! <= NEAR) paired[index] = 1;
            lastAt[index] = at;
          }
        }
      };
      read(chunk.terms, 1 / longer);
      read(chunk.headingTerms, HEADING);
      let score = 0;
      for (let index = 0; index < words.length; index += 1) {
        const times = counted[index]!;
        if (times > 0) score += (weights[index]! * times) / (times + SATURATION);
        if (paired[index]) score += SIDE_BY_SIDE * pairWeight(weights, index);
      }
      return { chunk, score: Math.min(1, score / most) };
    })
    .filter(({ score }) => score > 0)
    .sort(
      (a, b) =>
        b.score - a.score ||
        (a.chunk.document < b.chunk.document ? -1 : a.chunk.document > b.chunk.document ? 1 : 0) ||
        a.chunk.ordinal - b.chunk.ordinal,
    );
}

/** How much a word says that stands in so many of the chunks. Never nothing: a small base may have it everywhere. */
export function rarity(chunks: number, all: number): number {
  const within = Math.min(chunks, all);
  return Math.log(1 + (all - within + 0.5) / (within + 0.5));
}

function pairWeight(weights: ArrayLike<number>, index: number): number {
  return Math.min(weights[index - 1]!, weights[index]!);
}
