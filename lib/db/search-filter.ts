import * as z from 'zod';
import { AppError } from './app-error.ts';

/** One thing that a document has to be. */
export interface Condition {
  /** `name`, `document` and `source` of the document; with `metadata` a value of its metadata. */
  property: 'name' | 'document' | 'source' | 'metadata';
  /** Of metadata. */
  key: string;
  /** JSON texts, of which it is or holds one; or null. */
  any: string[] | null;
  /** Bounds: numbers are compared with numbers and texts (as dates are written) with texts. */
  bounds: { operator: '>=' | '<=' | '>' | '<'; value: string | number }[];
}

/** Each becomes a condition of the statement, and a filter may come from whoever calls. */
const MOST_PROPERTIES = 20;
const MOST_VALUES = 100;

const scalar = z.union([z.string().max(1000), z.number(), z.boolean(), z.null()]);
const bound = z.union([z.string().max(1000), z.number()]);

const filterSchema = z
  .record(
    z.string().regex(/^[\w .-]{1,64}$/),
    z.union([
      scalar,
      z.array(scalar).max(MOST_VALUES),
      z
        .strictObject({ gte: bound, lte: bound, gt: bound, lt: bound })
        .partial()
        .refine((bounds) => Object.keys(bounds).length > 0),
    ]),
  )
  .refine((filter) => Object.keys(filter).length <= MOST_PROPERTIES);

const OPERATORS = { gte: '>=', lte: '<=', gt: '>', lt: '<' } as const;

/**
 * What documents a filter lets through; all of it must hold. `name`: the document's name, `document`: its id or name,
 * `source`: id or name of where it came from; anything else: a top-level value of its metadata (what the uploader
 * said, else what the file says). A value must be equal, of an array one of them; `{gte, lte, gt, lt}` are bounds.
 * A value of metadata that is an array holds what one of its values holds. Throws `bad_request`.
 */
export function filterOf(filter: Record<string, unknown> | undefined): Condition[] {
  if (!filter) return [];
  const parsed = filterSchema.safeParse(filter);
  if (!parsed.success) {
    throw new AppError(
      'bad_request',
      `A knowledge filter is an object of at most ${MOST_PROPERTIES} document properties (letters, digits, space, _ . -), and of each ` +
        `the value it must equal, an array of at most ${MOST_VALUES} values of which it must be one, or bounds such as {"gte": 1, "lte": 5}.`,
    );
  }
  return Object.entries(parsed.data).map(([key, value]) => {
    const property = key === 'name' || key === 'document' || key === 'source' ? key : 'metadata';
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      const bounds = Object.entries(value).map(([name, limit]) => ({
        operator: OPERATORS[name as keyof typeof OPERATORS],
        value: limit as string | number,
      }));
      return { property, key, any: null, bounds };
    }
    const any = (Array.isArray(value) ? value : [value]).map((one) => JSON.stringify(one));
    return { property, key, any, bounds: [] };
  });
}
