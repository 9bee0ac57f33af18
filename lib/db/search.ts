import * as z from 'zod';
import { AppError } from './app-error.ts';

export interface ChunkQuery {
  baseId: string;
  /** Whatever somebody typed. */
  text: string;
  /** 1 to 50 */
  topK: number;
  /** `name`: the document's name; anything else: a top-level value of its metadata. All must be equal. */
  filter?: Record<string, unknown> | undefined;
  /** The last word is still being typed: match what begins with it. */
  prefix?: boolean | undefined;
}

export interface ChunkHit {
  /** The version that is searched, and the place of the chunk in it, from 0. */
  versionId: string;
  ordinal: number;
  documentId: string;
  /** Name of the document. */
  document: string;
  headings: string[];
  text: string;
  /** A line of the text around the matches, which stand between `**`. */
  snippet: string;
  /** Greater is better; comparable only within one answer. */
  score: number;
}

/** Full-text search over the chunks of one knowledge base, best first. Any of the words may match. */
export type Search = (query: ChunkQuery) => Promise<ChunkHit[]>;

/** What both databases select; headings are JSON text. */
export interface ChunkRow {
  versionId: string;
  ordinal: number;
  documentId: string;
  document: string;
  headings: string;
  text: string;
  snippet: string;
  score: number;
}

export function hitOf(row: ChunkRow): ChunkHit {
  return { ...row, headings: JSON.parse(row.headings) as string[] };
}

/** Words beyond this are ignored: a whole page pasted as a query would match everything anyway. */
const MAX_WORDS = 32;

/** The words of a query: letters and digits of any script and nothing else, so that no operator gets through. */
export function wordsOf(text: string): string[] {
  const words =
    text
      .slice(0, 4000)
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  return [...new Set(words)].slice(0, MAX_WORDS);
}

/** Each becomes a condition of the statement, and a filter may come from whoever calls. */
const MAX_PROPERTIES = 20;

const filterSchema = z
  .record(
    z.string().regex(/^[\w .-]{1,64}$/),
    z.union([z.string().max(1000), z.number(), z.boolean(), z.null()]),
  )
  .refine((filter) => Object.keys(filter).length <= MAX_PROPERTIES);

/** The filter as pairs of a metadata key (null = the name) and the JSON text it must equal. */
export function filterOf(
  filter: Record<string, unknown> | undefined,
): { key: string | null; json: string }[] {
  if (!filter) return [];
  const parsed = filterSchema.safeParse(filter);
  if (!parsed.success) {
    throw new AppError(
      'bad_request',
      `A knowledge filter is an object of at most ${MAX_PROPERTIES} document properties (letters, digits, space, _ . -) and the text, number, ` +
        'true, false or null each must equal.',
    );
  }
  return Object.entries(parsed.data).map(([key, value]) => ({
    key: key === 'name' ? null : key,
    json: JSON.stringify(value),
  }));
}
