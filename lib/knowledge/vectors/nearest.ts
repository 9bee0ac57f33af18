import type { Database } from '#lib/db/client.ts';
import { repository } from '#lib/db/repository.ts';
import { GRAPH_PASSAGES } from '#lib/db/vector-graphs.ts';
import type { CosineQuery, CosineSearch } from './cosine-search.ts';
import type { Near } from './vector-table.ts';

/** Search by vectors: by the graph of a large base where the database keeps one, else exactly. */
export interface NearestSearch {
  /** Best first. */
  search(query: CosineQuery, signal?: AbortSignal): Promise<Near[]>;
}

export interface NearestSearchOptions {
  database: Database;
  cosine: CosineSearch;
  /** Passages from which on a graph is used. */
  least?: number;
  /** Hears of an index that lacks vectors of what is searched, or whose graph lacks some of them. */
  onIncomplete(indexId: string): void;
  /** Hears of a graph that could not be searched. */
  onError(error: unknown, indexId: string): void;
}

/** Indexes whose state is remembered. */
const MOST_INDEXES = 1000;

export function createNearestSearch({
  database,
  cosine,
  least = GRAPH_PASSAGES,
  onIncomplete,
  onError,
}: NearestSearchOptions): NearestSearch {
  const { vectorBlocks } = repository(database, { type: 'system' });
  const looks = new Map<string, { revision: number; usable: Promise<boolean> }>();

  /** Whether the graph has all that the exact search has. One look for each revision of the base. */
  function isUsable(indexId: string, revision: number): Promise<boolean> {
    const before = looks.get(indexId);
    if (before && before.revision >= revision) return before.usable;
    if (looks.size >= MOST_INDEXES) looks.clear();
    const look = { revision, usable: usableNow(indexId) };
    look.usable.catch(() => {
      if (looks.get(indexId) === look) looks.delete(indexId);
    });
    looks.set(indexId, look);
    return look.usable;
  }

  async function usableNow(indexId: string): Promise<boolean> {
    const state = await vectorBlocks.graphState(indexId);
    if (!state || state.vectors < least) return false;
    const usable = state.built && state.linked === state.vectors;
    // The exact search tells of vectors that are missing; it may not be asked again.
    if (!usable || state.vectors < state.passages) onIncomplete(indexId);
    return usable;
  }

  async function byGraph({ indexId, revision, ...query }: CosineQuery): Promise<Near[] | null> {
    try {
      return (await isUsable(indexId, revision)) ? await vectorBlocks.near({ indexId, ...query }) : null;
    } catch (error) {
      onError(error, indexId);
      return null;
    }
  }

  return {
    async search(query, signal) {
      const found = await byGraph(query);
      signal?.throwIfAborted();
      return found ?? cosine.search(query, signal);
    },
  };
}
