import { AppError } from './app-error.ts';
import type { TransactionOptions, Tx } from './database.ts';
import type { PrismaClient } from './gen/sqlite/client.ts';

/** Prisma's words for a database that is not there, or has no room for one more. */
const KINDS = new Set([
  'DatabaseNotReachable',
  'ConnectionClosed',
  'SocketTimeout',
  'TlsConnectionError',
  'TooManyConnections',
]);

/**
 * The databases' own: a lock that is held for too long, a disk that is full or broken (SQLite); connection lost,
 * no resources, shutting down, disk error (PostgreSQL classes 08, 53, 57P and 58).
 */
const CODES = /^(SQLITE_(BUSY|FULL|IOERR|CANTOPEN|READONLY)|08|53|57P|58)/;

/** Prisma's codes: no free connection in time; a transaction that could not start or took too long. */
const PRISMA_CODES = new Set(['P1001', 'P1008', 'P1017', 'P2024', 'P2028']);

/** What the driver of PostgreSQL says without a code. */
const MESSAGES =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/;

/** Trouble that passes, as AppError `unavailable`; anything else as it is. Takes errors of Prisma's and of SQLite's driver. */
export function translated(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof AppError) return error;
  const { code, meta } = error as {
    code?: unknown;
    meta?: { driverAdapterError?: { cause?: { kind?: string; originalCode?: string } } };
  };
  const cause = meta?.driverAdapterError?.cause;
  const passes =
    PRISMA_CODES.has(String(code)) ||
    MESSAGES.test(error.message) ||
    KINDS.has(cause?.kind ?? '') ||
    CODES.test(cause?.originalCode ?? String(code));
  if (!passes) return error;
  const unavailable = new AppError(
    'unavailable',
    'The database does not answer just now; try again in a moment.',
  );
  unavailable.cause = error;
  return unavailable;
}

/** The client, with every error of its queries translated. Transactions are their opener's to translate. */
export function withTranslatedErrors(prisma: PrismaClient): PrismaClient {
  return prisma.$extends({
    query: {
      async $allOperations({ args, query }) {
        try {
          return await query(args);
        } catch (error) {
          throw translated(error);
        }
      },
    },
  }) as unknown as PrismaClient;
}

/** `Database.transaction`, of either database. */
export async function transaction<T>(
  prisma: PrismaClient,
  work: (tx: Tx) => Promise<T>,
  { timeoutMs }: TransactionOptions = {},
): Promise<T> {
  try {
    return await prisma.$transaction(work, timeoutMs === undefined ? undefined : { timeout: timeoutMs });
  } catch (error) {
    throw translated(error);
  }
}
