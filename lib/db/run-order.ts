import { AppError } from './app-error.ts';
import { idOrNull } from './check.ts';
import type { Database } from './database.ts';
import type { Prisma } from './gen/sqlite/client.ts';

export const SORTS = ['newest', 'oldest', 'slowest', 'fastest'] as const;

/** By when runs started, or by how long they took. */
export type RunSort = (typeof SORTS)[number];

const COLUMN = {
  newest: ['startedAt', 'desc'],
  oldest: ['startedAt', 'asc'],
  slowest: ['durationMs', 'desc'],
  fastest: ['durationMs', 'asc'],
} as const;

/** Runs of one moment, or one duration, are in the order of their ids. */
export function orderOf(sort: RunSort): Prisma.RunOrderByWithRelationInput[] {
  const [column, way] = COLUMN[sort];
  return [{ [column]: way }, { id: way }];
}

/** Where the next page begins: opaque to whoever asks. */
export function writeCursor(
  sort: RunSort,
  row: { startedAt: Date; durationMs: number | null; id: string },
): string {
  const value = COLUMN[sort][0] === 'startedAt' ? row.startedAt.getTime() : row.durationMs;
  return Buffer.from(`${value} ${row.id}`).toString('base64url');
}

/** What comes after a cursor. Throws `bad_request` for one that is none. */
export function afterCursor(sort: RunSort, cursor: string): Prisma.RunWhereInput {
  const [text, id] = Buffer.from(cursor, 'base64url').toString().split(' ');
  const number = Number(text);
  const known = idOrNull(id ?? '');
  if (!text || known === null || !Number.isSafeInteger(number) || Math.abs(number) > 8.64e15) {
    throw new AppError('bad_request', 'cursor: take it from the answer before.');
  }
  const [column, way] = COLUMN[sort];
  const value = column === 'startedAt' ? new Date(number) : number;
  return way === 'desc'
    ? { [column]: { lte: value }, NOT: { [column]: value, id: { gte: known } } }
    : { [column]: { gte: value }, NOT: { [column]: value, id: { lte: known } } };
}

/** Runs whose id begins with the text, or whose error says it. */
export function whereText(text: string, provider: Database['provider']): Prisma.RunWhereInput {
  // As it is written in the JSON of an error.
  const said = JSON.stringify(text).slice(1, -1);
  const contains =
    provider === 'postgresql'
      ? { contains: said.replaceAll('\\', '\\\\'), mode: 'insensitive' }
      : { contains: said };
  const isId = /^[0-9a-f-]{4,36}$/i.test(text);
  return { OR: [{ error: contains }, ...(isId ? [{ id: { startsWith: text.toLowerCase() } }] : [])] };
}
