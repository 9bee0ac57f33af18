import type { JsonValue } from '#lib/workflow/json.ts';
import { requireSystem, scopeOf } from './access.ts';
import { AppError } from './app-error.ts';
import { idOrNull, parse, text } from './check.ts';
import type { Database, Tx } from './database.ts';
import type { Principal } from './principal.ts';
import { projectIn } from './project-in.ts';

export const STORE_LIMITS = {
  /** Characters of a key. */
  key: 256,
  /** Bytes of a value, as JSON. */
  valueBytes: 64 * 1024,
  /** Entries of a project. */
  entries: 10_000,
  /** Entries that one look lists. */
  listed: 1_000,
} as const;

/** Entries deleted by one statement. */
const PRUNE_BATCH = 1_000;

const keySchema = text(STORE_LIMITS.key).min(1, 'a key is needed');

/**
 * The key-value store of a project. What is past its time is as if it were not there. Runs write on behalf of whoever
 * called, so no role is asked for; the scope of the principal holds as everywhere.
 */
export function storeOf(database: Database, principal: Principal) {
  const { prisma } = database;
  const scope = scopeOf(principal);
  const alive = (now: number) => ({ OR: [{ expiresAt: null }, { expiresAt: { gt: new Date(now) } }] });

  /** One write at a time in a project: neither a sum nor the number of entries is ever read too early. */
  function write<T>(
    projectId: string,
    work: (tx: Tx, project: { id: string; organizationId: string }) => Promise<T>,
  ): Promise<T> {
    return database.transaction(async (tx) => {
      const project = await projectIn(tx, scope, projectId);
      await database.lock(tx, `store:${project.id}`);
      return work(tx, project);
    });
  }

  async function put(
    tx: Tx,
    project: { id: string; organizationId: string },
    entry: { key: string; value: string; expiresAt: Date | null },
  ): Promise<void> {
    const { key, value, expiresAt } = entry;
    const { count } = await tx.storeEntry.updateMany({
      where: { projectId: project.id, key },
      data: { value, expiresAt },
    });
    if (count > 0) return;
    await makeRoom(tx, project.id);
    await tx.storeEntry.create({
      data: { projectId: project.id, organizationId: project.organizationId, key, value, expiresAt },
    });
  }

  return {
    /** Null when there is none. */
    async get(projectId: string, key: string): Promise<{ value: JsonValue } | null> {
      const known = idOrNull(projectId);
      if (known === null) return null;
      const row = await prisma.storeEntry.findFirst({
        where: { AND: [{ projectId: known, key: parse(keySchema, key) }, scope, alive(Date.now())] },
      });
      return row && { value: JSON.parse(row.value) as JsonValue };
    },

    /**
     * Without `ttlMs` it stays until it is removed. Throws `bad_request` for a key, `too_large` for a value and
     * `too_many` for an entry that the limits do not allow.
     */
    async set(projectId: string, key: string, value: JsonValue, ttlMs?: number): Promise<void> {
      const entry = { key: parse(keySchema, key), value: written(value), expiresAt: end(ttlMs) };
      await write(projectId, (tx, project) => put(tx, project, entry));
    },

    /**
     * Adds to a number, which begins at 0, and answers the sum; a `ttlMs` counts from the first. Reckoned here and not
     * in SQL, whose numbers are not those of JSON. Throws `conflict` when there is something that is no number.
     */
    async increment(projectId: string, key: string, by: number, ttlMs?: number): Promise<number> {
      const known = parse(keySchema, key);
      return write(projectId, async (tx, project) => {
        const row = await tx.storeEntry.findFirst({
          where: { AND: [{ projectId: project.id, key: known }, alive(Date.now())] },
        });
        const before = row ? (JSON.parse(row.value) as JsonValue) : 0;
        if (typeof before !== 'number') {
          throw new AppError(
            'conflict',
            `What is stored as "${known}" is no number: nothing can be added to it.`,
          );
        }
        const sum = before + by;
        if (!Number.isFinite(sum))
          throw new AppError('conflict', `The sum stored as "${known}" is too large.`);
        const expiresAt = row ? row.expiresAt : end(ttlMs);
        await put(tx, project, { key: known, value: JSON.stringify(sum), expiresAt });
        return sum;
      });
    },

    /** False when there was none. */
    async remove(projectId: string, key: string): Promise<boolean> {
      const known = parse(keySchema, key);
      return write(projectId, async (tx, project) => {
        const where = { projectId: project.id, key: known };
        const living = await tx.storeEntry.count({ where: { AND: [where, alive(Date.now())] } });
        await tx.storeEntry.deleteMany({ where });
        return living > 0;
      });
    },

    /** In the order of the keys, by their characters: sorted here, as the databases do not agree on an order. */
    async list(
      projectId: string,
      prefix: string,
      limit: number,
    ): Promise<{ key: string; value: JsonValue }[]> {
      const known = idOrNull(projectId);
      if (known === null) return [];
      const within = { AND: [{ projectId: known }, scope, alive(Date.now())] };
      const keys = (await prisma.storeEntry.findMany({ where: within, select: { key: true } }))
        .map(({ key }) => key)
        .filter((key) => key.startsWith(prefix))
        .sort((a, b) => (a < b ? -1 : 1))
        .slice(0, Math.min(limit, STORE_LIMITS.listed));
      const rows = await prisma.storeEntry.findMany({ where: { AND: [within, { key: { in: keys } }] } });
      const values = new Map(rows.map(({ key, value }) => [key, value]));
      return keys.flatMap((key) => {
        const value = values.get(key);
        return value === undefined ? [] : [{ key, value: JSON.parse(value) as JsonValue }];
      });
    },

    /** Deletes what is past its time, and answers how much it was. System only. */
    async prune(now = new Date()): Promise<number> {
      requireSystem(principal);
      for (let deleted = 0; ; ) {
        const batch = await prisma.storeEntry.findMany({
          where: { expiresAt: { lte: now } },
          select: { projectId: true, key: true },
          take: PRUNE_BATCH,
        });
        if (batch.length === 0) return deleted;
        for (const [projectId, entries] of Map.groupBy(batch, (row) => row.projectId)) {
          const { count } = await prisma.storeEntry.deleteMany({
            where: { projectId, key: { in: entries.map(({ key }) => key) }, expiresAt: { lte: now } },
          });
          deleted += count;
        }
      }
    },
  };
}

/** Throws `too_many` when the project has as many entries as it may; those past their time do not count. */
async function makeRoom(tx: Tx, projectId: string): Promise<void> {
  if ((await tx.storeEntry.count({ where: { projectId } })) < STORE_LIMITS.entries) return;
  const { count } = await tx.storeEntry.deleteMany({
    where: { projectId, expiresAt: { lte: new Date() } },
  });
  if (count > 0) return;
  throw new AppError(
    'too_many',
    `The store of this project is full: it holds ${STORE_LIMITS.entries} entries. Remove some, or give them a time to live.`,
  );
}

function written(value: JsonValue): string {
  const json = JSON.stringify(value);
  const bytes = Buffer.byteLength(json);
  if (bytes <= STORE_LIMITS.valueBytes) return json;
  throw new AppError('too_large', `The value has ${bytes} bytes as JSON; an entry holds 64 KiB.`);
}

function end(ttlMs: number | undefined): Date | null {
  return ttlMs === undefined ? null : new Date(Date.now() + ttlMs);
}
