import { sha256 } from './check.ts';
import type { PrismaClient } from './gen/sqlite/client.ts';

/**
 * The client as better-auth's Prisma adapter needs it. It passes `select: undefined` for "all columns", which our
 * client refuses, as an undefined condition elsewhere would mean "all rows". And it knows sessions by their tokens, of
 * which only hashes are stored: they are exchanged here, on the way in and on the way out.
 */
export function authClientOf(prisma: PrismaClient): object {
  const whole = prisma.$extends({
    query: {
      $allModels: {
        $allOperations({ args, query }) {
          const { select, ...rest } = args as { select?: unknown };
          return query((select === undefined ? rest : args) as typeof args);
        },
      },
    },
  });
  return whole.$extends({
    query: {
      session: {
        async $allOperations({ args, query }) {
          const tokens = new Map<string, string>();
          const { where, data, ...rest } = args as { where?: unknown; data?: unknown };
          const hashed = {
            ...rest,
            ...(where === undefined ? {} : { where: withHashes(where, tokens) }),
            ...(data === undefined ? {} : { data: withHashes(data, tokens) }),
          };
          const found: unknown = await query(hashed as typeof args);
          for (const row of Array.isArray(found) ? found : [found]) giveBack(row, tokens);
          return found;
        },
      },
    },
  });
}

/** Every token in a condition or in data, as it is stored; which was which is noted. */
function withHashes(value: unknown, tokens: Map<string, string>, ofToken = false): unknown {
  if (typeof value === 'string' && ofToken) {
    const hash = sha256(value);
    tokens.set(hash, value);
    return hash;
  }
  if (Array.isArray(value)) return value.map((item) => withHashes(item, tokens, ofToken));
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [
      key,
      withHashes(part, tokens, key === 'token' || (ofToken && key !== 'mode')),
    ]),
  );
}

/** A row that was asked for by its token shows it. */
function giveBack(row: unknown, tokens: Map<string, string>): void {
  if (typeof row !== 'object' || row === null || !('token' in row)) return;
  const known = tokens.get(String(row.token));
  if (known !== undefined) row.token = known;
}
