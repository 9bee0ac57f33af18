import { lookup as systemLookup } from 'node:dns/promises';
import type { Socket } from 'node:net';
import pg from 'pg';
import { StepError } from '#lib/engine/errors.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import type { Lookup } from './connector.ts';
import { createPolicy } from './policy.ts';
import { dialPostgres, type PostgresPlace } from './postgres-dial.ts';
import { sqlFailure } from './postgres-failure.ts';
import { Portal, type PortalAnswer } from './postgres-portal.ts';
import { parameterText } from './postgres-values.ts';
import { PostgresWire } from './postgres-wire.ts';

export interface PostgresTarget extends PostgresPlace {
  /** Names whose connections are counted together. */
  id: string;
  database: string;
  user: string;
  password: string;
}

export interface PostgresQuery {
  /** One statement, with `$1`, `$2` … */
  text: string;
  params: readonly JsonValue[];
  readOnly: boolean;
  maxRows: number;
  /** ms in all: waiting for a place, connecting, and the statement. */
  timeoutMs: number;
}

export interface PostgresOptions {
  /** The entries of EGRESS_ALLOW. */
  allow: readonly string[];
  lookup?: Lookup;
  limits?: Partial<PostgresLimits>;
}

export interface PostgresLimits {
  /** ms until the server was reached and let us in. */
  connectMs: number;
  /** Bytes that the server may send for one query. */
  answerBytes: number;
  /** Connections to one target at a time; more wait. */
  perTarget: number;
}

const LIMITS: PostgresLimits = { connectMs: 5_000, answerBytes: 8 * 1024 * 1024, perTarget: 5 };

/** ms that telling the server to stop may take. */
const CANCEL_MS = 2_000;

/** Queries to the PostgreSQL servers of projects. */
export interface Postgres {
  /**
   * Runs one statement in a transaction and a connection of its own, so that nothing of one query is left for the
   * next. Throws StepError: `SQL_ERROR` with SQLSTATE and place, `SQL_SIGN_IN`, `SQL_TLS`, `SQL_TYPE`,
   * `EGRESS_BLOCKED`, `NETWORK`, `TIMEOUT`, `TOO_LARGE`, or the reason of `signal` when it aborts: then the server is
   * told to stop as well.
   */
  query(target: PostgresTarget, query: PostgresQuery, signal: AbortSignal): Promise<PortalAnswer>;
  /** Ends what is under way. */
  close(): void;
}

/** Throws Error when an entry of `allow` cannot be read. */
export function createPostgres(options: PostgresOptions): Postgres {
  const limits = { ...LIMITS, ...options.limits };
  const policy = createPolicy(options.allow);
  const lookup: Lookup = options.lookup ?? ((hostname) => systemLookup(hostname, { all: true }));
  const places = createPlaces(limits.perTarget);
  const closing = new AbortController();

  async function query(
    target: PostgresTarget,
    given: PostgresQuery,
    signal: AbortSignal,
  ): Promise<PortalAnswer> {
    const overdue = AbortSignal.timeout(given.timeoutMs);
    const stop = AbortSignal.any([signal, overdue, closing.signal]);
    const dial = (until: AbortSignal) => dialPostgres(target, { policy, lookup, signal: until });
    try {
      const leave = await places.enter(target.id, stop);
      try {
        return await inSession(target, given, { stop, dial, limits });
      } finally {
        leave();
      }
    } catch (error) {
      signal.throwIfAborted();
      if (overdue.aborted || isStatementTimeout(error)) throw tooSlow(given.timeoutMs);
      if (closing.signal.aborted) throw new StepError('CANCELLED', 'The server stops.');
      throw sqlFailure(error, { text: given.text, host: target.host });
    }
  }

  return { query, close: () => closing.abort() };
}

interface Session {
  stop: AbortSignal;
  dial: (until: AbortSignal) => Promise<Socket>;
  limits: PostgresLimits;
}

async function inSession(
  target: PostgresTarget,
  query: PostgresQuery,
  { stop, dial, limits }: Session,
): Promise<PortalAnswer> {
  const slow = AbortSignal.timeout(limits.connectMs);
  const socket = await dial(AbortSignal.any([stop, slow])).catch((error: unknown) => {
    throw slow.aborted ? notReached(target) : error;
  });
  const failure = Promise.withResolvers<never>();
  failure.promise.catch(() => {});
  const wire = new PostgresWire(socket, { maxBytes: limits.answerBytes, onFailure: failure.reject });
  const client = new pg.Client({
    host: target.host,
    port: target.port,
    database: target.database,
    user: target.user,
    password: target.password,
    application_name: 'patchbay',
    client_encoding: 'UTF8',
    // It is encrypted already, where it is to be.
    ssl: false,
    stream: () => wire.asStream(),
  });
  client.on('error', failure.reject);
  const abort = () => failure.reject(stop.reason);
  stop.addEventListener('abort', abort, { once: true });
  const late = setTimeout(() => failure.reject(notReached(target)), limits.connectMs);
  const progress = { ready: false, committing: false };
  try {
    stop.throwIfAborted();
    await Promise.race([client.connect(), failure.promise]);
    clearTimeout(late);
    progress.ready = true;
    return await Promise.race([transaction(client, query, progress), failure.promise]);
  } catch (error) {
    const refused = error instanceof pg.DatabaseError;
    // Whoever is not listened to any more goes on working, unless it is told to stop.
    if (progress.ready && !refused) void cancel(client, dial);
    throw progress.committing && !refused ? unknownEnd(error) : error;
  } finally {
    clearTimeout(late);
    stop.removeEventListener('abort', abort);
    socket.destroy();
  }
}

async function transaction(
  client: pg.Client,
  query: PostgresQuery,
  progress: { committing: boolean },
): Promise<PortalAnswer> {
  const ms = Math.ceil(query.timeoutMs);
  await client.query(
    [
      `BEGIN ${query.readOnly ? 'READ ONLY' : 'READ WRITE'}`,
      `SET LOCAL default_transaction_read_only = ${query.readOnly ? 'on' : 'off'}`,
      `SET LOCAL statement_timeout = ${ms}`,
      `SET LOCAL lock_timeout = ${ms}`,
      // A server that outlives us does not keep our locks.
      `SET LOCAL idle_in_transaction_session_timeout = ${ms + 5_000}`,
      `SET LOCAL TimeZone = 'UTC'`,
      `SET LOCAL DateStyle = 'ISO'`,
      `SET LOCAL IntervalStyle = 'iso_8601'`,
      // After its first snapshot a transaction that only reads cannot be made one that writes.
      'SELECT 1',
    ].join('; '),
  );
  const portal = new Portal({
    text: query.text,
    values: query.params.map(parameterText),
    maxRows: query.maxRows,
  });
  client.query(portal);
  const answer = await portal.done;
  progress.committing = !query.readOnly;
  await client.query(query.readOnly ? 'ROLLBACK' : 'COMMIT');
  return answer;
}

/** `CancelRequest`, over a connection of its own. Nothing is to be done when it does not arrive. */
async function cancel(client: pg.Client, dial: Session['dial']): Promise<void> {
  const { processID, secretKey } = client as pg.Client & {
    processID: number | null;
    secretKey: number | null;
  };
  if (processID === null || secretKey === null) return;
  const packet = Buffer.alloc(16);
  packet.writeInt32BE(16, 0);
  packet.writeInt32BE(80_877_102, 4);
  packet.writeInt32BE(processID, 8);
  packet.writeInt32BE(secretKey, 12);
  try {
    const socket = await dial(AbortSignal.timeout(CANCEL_MS));
    socket.on('error', () => socket.destroy()).end(packet);
    socket.setTimeout(CANCEL_MS, () => socket.destroy());
    socket.resume();
  } catch {
    // The time-out that was set for the statement ends it.
  }
}

/** So many at a time by name; whoever comes later waits. */
function createPlaces(most: number): { enter(id: string, signal: AbortSignal): Promise<() => void> } {
  const taken = new Map<string, number>();
  const waiting = new Map<string, (() => void)[]>();

  function leave(id: string): void {
    const next = waiting.get(id)?.shift();
    if (next) {
      next();
      return;
    }
    waiting.delete(id);
    const left = taken.get(id)! - 1;
    if (left > 0) taken.set(id, left);
    else taken.delete(id);
  }

  return {
    async enter(id, signal) {
      signal.throwIfAborted();
      const count = taken.get(id) ?? 0;
      if (count < most) {
        taken.set(id, count + 1);
        return () => leave(id);
      }
      const queue = waiting.get(id) ?? [];
      waiting.set(id, queue);
      await new Promise<void>((resolve, reject) => {
        const go = () => {
          signal.removeEventListener('abort', give);
          resolve();
        };
        const give = () => {
          queue.splice(queue.indexOf(go), 1);
          reject(signal.reason);
        };
        signal.addEventListener('abort', give, { once: true });
        queue.push(go);
      });
      return () => leave(id);
    },
  };
}

function isStatementTimeout(error: unknown): boolean {
  return error instanceof pg.DatabaseError && (error.code === '57014' || error.code === '55P03');
}

function tooSlow(timeoutMs: number): StepError {
  return new StepError(
    'TIMEOUT',
    `The query took longer than ${Math.round(timeoutMs / 100) / 10} s. Narrow it, add an index, or allow it more time.`,
  );
}

/** Not to be tried again: it may have been done. */
function unknownEnd(cause: unknown): StepError {
  return new StepError(
    'SQL_UNKNOWN',
    'The connection was lost while the change was being stored: it may be stored or not. Look before trying again.',
    { cause },
  );
}

function notReached({ host, port }: PostgresPlace): StepError {
  return new StepError('NETWORK', `${host}:${port} did not answer as a database within a few seconds.`, {
    transient: true,
  });
}
