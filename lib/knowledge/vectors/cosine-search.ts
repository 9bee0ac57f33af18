import { Worker } from 'node:worker_threads';
import type { Database } from '#lib/db/client.ts';
import { repository } from '#lib/db/repository.ts';
import { type BlockPlace, incomplete } from '#lib/db/vector-blocks.ts';
import type { CosineAnswer, CosineMessage } from './cosine-thread.ts';
import { paddedLength } from './dot-products.ts';
import type { Near, VectorRows } from './vector-table.ts';

export interface CosineQuery {
  indexId: string;
  /** Of the base: what is kept in memory is looked over when it has grown. */
  revision: number;
  /** Of length 1. */
  vector: Float32Array;
  /** How many. */
  most: number;
  /** Nothing but these versions; null: all. */
  only: readonly string[] | null;
}

/** Exact search by cosine in the vectors of versions that are searched. */
export interface CosineSearch {
  /** Best first. */
  search(query: CosineQuery, signal?: AbortSignal): Promise<Near[]>;
  /** Bytes of vectors that are kept in memory. */
  readonly bytes: number;
  close(): Promise<void>;
}

export interface CosineSearchOptions {
  database: Database;
  /** Bytes of vectors that are kept in memory; what does not fit is read from the database at each search. */
  maxBytes: number;
  /** Hears of an index that lacks vectors of what is searched. */
  onIncomplete?(indexId: string): void;
}

/** Blocks that are read at once: on SQLite a statement holds the event loop. */
const BLOCKS_AT_ONCE = 4;
const CHUNKS_AT_ONCE = 1000;

interface Index {
  dimensions: number;
  revision: number;
  /** What is kept: versions with their bytes. */
  kept: Map<string, number>;
  /** What is searched and does not fit. */
  passing: BlockPlace[];
  /** The look that is taken at the database. */
  loading: Promise<void> | null;
  used: number;
}

/** The thread starts with the first search. */
export function createCosineSearch({ database, maxBytes, onIncomplete }: CosineSearchOptions): CosineSearch {
  const { vectorBlocks } = repository(database, { type: 'system' });
  const indexes = new Map<string, Index>();
  const waiting = new Map<number, { resolve(found: Near[]): void; reject(error: unknown): void }>();
  let thread: Worker | null = null;
  let searches = 0;
  let clock = 0;
  let bytes = 0;

  function tell(message: CosineMessage, transfer: ArrayBuffer[] = []): void {
    thread ??= begin();
    thread.postMessage(message, transfer);
  }

  function begin(): Worker {
    const worker = new Worker(new URL('./cosine-thread.ts', import.meta.url), {
      workerData: { maxBytes },
      env: {},
      execArgv: [],
    });
    worker.unref();
    worker.on('message', ({ id, found }: CosineAnswer) => waiting.get(id)?.resolve(found));
    const lost = (error: Error) => {
      if (thread !== worker) return;
      // What it kept is gone; the next search begins anew.
      thread = null;
      bytes = 0;
      indexes.clear();
      for (const { reject } of waiting.values()) reject(error);
    };
    worker.on('error', lost);
    worker.on('exit', () => lost(new Error('The thread that searches vectors ended.')));
    return worker;
  }

  /** Brings what is kept of an index up to date. One look at a time, and none for a revision that was seen. */
  async function upToDate(indexId: string, dimensions: number, revision: number): Promise<Index> {
    for (;;) {
      let index = indexes.get(indexId);
      if (!index) {
        index = { dimensions, revision: -1, kept: new Map(), passing: [], loading: null, used: 0 };
        indexes.set(indexId, index);
      }
      index.used = ++clock;
      if (!index.loading && index.revision >= revision) return index;
      const one = index;
      one.loading ??= load(indexId, one, revision).finally(() => {
        one.loading = null;
      });
      await one.loading;
    }
  }

  async function load(indexId: string, index: Index, revision: number): Promise<void> {
    const live = await vectorBlocks.liveBlocks(indexId);
    const blocks = live?.blocks ?? [];
    if (live && incomplete(live).length > 0) onIncomplete?.(indexId);
    const ofVersion = Map.groupBy(blocks, ({ versionId }) => versionId);
    forget(
      indexId,
      index,
      [...index.kept.keys()].filter((version) => !ofVersion.has(version)),
    );
    const width = paddedLength(index.dimensions) * 4;
    const passing: BlockPlace[] = [];
    const wanted: BlockPlace[] = [];
    for (const [versionId, some] of ofVersion) {
      const size = some.reduce((sum, { count }) => sum + count, 0) * width;
      const kept = index.kept.get(versionId);
      if (kept === size) continue;
      // More of it is there than before.
      if (kept !== undefined) forget(indexId, index, [versionId]);
      if (!makeRoom(size, index)) {
        passing.push(...some);
        continue;
      }
      index.kept.set(versionId, size);
      bytes += size;
      wanted.push(...some);
    }
    try {
      for (const group of groupsOf(wanted)) {
        const rows = await rowsAt(indexId, index.dimensions, group);
        if (indexes.get(indexId) !== index) return;
        tell(
          { kind: 'add', index: indexId, dimensions: index.dimensions, rows },
          rows.map(({ data }) => data.buffer as ArrayBuffer),
        );
      }
    } catch (error) {
      // Half of it may be there.
      drop(indexId, index);
      throw error;
    }
    index.passing = passing;
    index.revision = revision;
  }

  /** Lets go of indexes that were not asked for the longest, but for this one. False when it does not help. */
  function makeRoom(size: number, but: Index): boolean {
    if (size > maxBytes) return false;
    while (bytes + size > maxBytes) {
      let oldest: [string, Index] | null = null;
      for (const entry of indexes) {
        if (entry[1] === but || entry[1].loading || entry[1].kept.size === 0) continue;
        if (!oldest || entry[1].used < oldest[1].used) oldest = entry;
      }
      if (!oldest) return false;
      drop(...oldest);
    }
    return true;
  }

  function drop(indexId: string, index: Index): void {
    if (indexes.get(indexId) !== index) return;
    indexes.delete(indexId);
    for (const size of index.kept.values()) bytes -= size;
    index.kept.clear();
    tell({ kind: 'drop', index: indexId, versions: null });
  }

  function forget(indexId: string, index: Index, versions: string[]): void {
    if (versions.length === 0) return;
    for (const version of versions) {
      bytes -= index.kept.get(version) ?? 0;
      index.kept.delete(version);
    }
    tell({ kind: 'drop', index: indexId, versions });
  }

  async function rowsAt(
    indexId: string,
    dimensions: number,
    places: readonly BlockPlace[],
  ): Promise<VectorRows[]> {
    const blocks = await vectorBlocks.read(indexId, places);
    return blocks.flatMap(({ versionId, start, count, data }) => {
      if (data.byteLength !== count * dimensions * 4) return [];
      // A copy, as it may lie anywhere in the memory of the driver.
      return [{ versionId, start, data: new Float32Array(new Uint8Array(data).buffer) }];
    });
  }

  return {
    get bytes() {
      return bytes;
    },

    async search({ indexId, revision, vector, most, only }, signal) {
      const index = await upToDate(indexId, vector.length, revision);
      if (index.dimensions !== vector.length)
        throw new Error('The vector is longer or shorter than those of the index.');
      signal?.throwIfAborted();
      const allowed = only && new Set(only);
      const passing = index.passing.filter(({ versionId }) => allowed?.has(versionId) ?? true);
      const id = ++searches;
      const { promise, resolve, reject } = Promise.withResolvers<Near[]>();
      waiting.set(id, { resolve, reject });
      // Nobody may be there to hear when the thread ends in the middle.
      promise.catch(() => {});
      try {
        const more = passing.length > 0;
        tell({ kind: 'search', id, index: indexId, query: vector, most, only: only && [...only], more });
        const groups = groupsOf(passing);
        for (const [place, group] of groups.entries()) {
          const rows = await rowsAt(indexId, vector.length, group);
          signal?.throwIfAborted();
          tell(
            { kind: 'scan', id, rows, more: place + 1 < groups.length },
            rows.map(({ data }) => data.buffer as ArrayBuffer),
          );
        }
        return await promise;
      } catch (error) {
        tell({ kind: 'forget', id });
        throw error;
      } finally {
        waiting.delete(id);
      }
    },

    async close() {
      const worker = thread;
      thread = null;
      for (const { reject } of waiting.values()) reject(new Error('The search was closed.'));
      await worker?.terminate();
    },
  };
}

/** In groups that are read at once. */
function groupsOf(places: readonly BlockPlace[]): BlockPlace[][] {
  const groups: BlockPlace[][] = [];
  let chunks = 0;
  for (const place of places) {
    const last = groups.at(-1);
    const full = !last || (last.length >= BLOCKS_AT_ONCE && chunks + place.count > CHUNKS_AT_ONCE);
    if (full || last.length >= 100) {
      groups.push([place]);
      chunks = place.count;
    } else {
      last.push(place);
      chunks += place.count;
    }
  }
  return groups;
}
