/** Where the answer to a question stands: in a document, in a section of it, in words. */
export interface Expected {
  /** Ids of the documents that are meant. */
  documents: readonly string[];
  heading?: string | undefined;
  quote?: string | undefined;
}

/** A passage as it was found. */
export interface Found {
  documentId: string;
  title: string;
  headings: readonly string[];
  text: string;
  /** Documents that say nearly the same. */
  also?: readonly { documentId: string }[] | undefined;
}

/** How well one question was answered. */
export interface Measured {
  /** Of the first passage that is right, from 1; null when none is. */
  rank: number | null;
  ndcg: number;
}

export interface Metrics {
  questions: number;
  /** Share of the questions that have a right passage among the first k. */
  recall: { 1: number; 3: number; 5: number; 10: number };
  /** Mean of 1 / rank, 0 where nothing is right. */
  mrr: number;
  /** Mean of nDCG@10: right passages count less the further down they stand. */
  ndcg: number;
}

const CUTS = [1, 3, 5, 10] as const;
const DEPTH = 10;

/** Any of what is expected is right. For nDCG, each of it counts once, and the best order has all of it first. */
export function measure(found: readonly Found[], expected: readonly Expected[]): Measured {
  const left = new Set(expected);
  let rank: number | null = null;
  let gain = 0;
  for (const [index, passage] of found.entries()) {
    const right = expected.filter((one) => isExpected(passage, one));
    if (right.length > 0) rank ??= index + 1;
    const fresh = right.filter((one) => left.has(one));
    for (const one of fresh) left.delete(one);
    if (fresh.length > 0 && index < DEPTH) gain += discount(index);
  }
  const most = Math.min(expected.length, DEPTH);
  let best = 0;
  for (let index = 0; index < most; index += 1) best += discount(index);
  return { rank, ndcg: best === 0 ? 0 : Math.min(1, gain / best) };
}

/** Of several questions together. All are 0 where there is no question. */
export function metricsOf(measured: readonly Measured[]): Metrics {
  const count = measured.length;
  const mean = (value: (one: Measured) => number) =>
    count === 0 ? 0 : measured.reduce((sum, one) => sum + value(one), 0) / count;
  const within = (cut: number) => mean(({ rank }) => (rank !== null && rank <= cut ? 1 : 0));
  const recall = Object.fromEntries(CUTS.map((cut) => [cut, within(cut)])) as Metrics['recall'];
  return {
    questions: count,
    recall,
    mrr: mean(({ rank }) => (rank === null ? 0 : 1 / rank)),
    ndcg: mean(({ ndcg }) => ndcg),
  };
}

/** White space and letter case make no other words. */
export function foldedWords(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
}

function isExpected(passage: Found, { documents, heading, quote }: Expected): boolean {
  const ids = [passage.documentId, ...(passage.also ?? []).map(({ documentId }) => documentId)];
  if (!ids.some((id) => documents.includes(id))) return false;
  if (heading !== undefined && heading !== '') {
    const sought = foldedWords(heading);
    // Small sections share a passage: their headings are lines of its text.
    const lines = passage.text.match(/^#{1,6}[ \t].*$/gm) ?? [];
    const headings = [passage.title, ...passage.headings, ...lines.map((line) => line.replace(/^#+/, ''))];
    if (!headings.some((one) => foldedWords(one) === sought)) return false;
  }
  return quote === undefined || quote === '' || foldedWords(passage.text).includes(foldedWords(quote));
}

function discount(index: number): number {
  return 1 / Math.log2(index + 2);
}
