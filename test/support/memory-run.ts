import type { Egress } from '#lib/egress/fetch.ts';
import type { Outcome, SourceRun, Waiting } from '#lib/sources/source-kind.ts';
import type { JsonObject } from '#lib/workflow/json.ts';

/** A run of a source that keeps what it finds in memory: for what a kind does by itself. */
export interface MemoryRun extends SourceRun {
  outcomes: Map<string, Outcome>;
  notes: string[];
}

export function memoryRun(egress: Egress, signal = new AbortController().signal): MemoryRun {
  const found = new Map<string, JsonObject>();
  const outcomes = new Map<string, Outcome>();
  const notes: string[] = [];
  return {
    ...{ signal, egress, outcomes, notes, mark: null },
    credential: async () => ({ headers: {} }),
    keyPair: async () => null,
    isAsLeft: () => false,
    markOf: () => undefined,
    isSettled: (path) => outcomes.has(path),
    isFound: (path) => found.has(path),
    waiting: () => [],
    others: () => [],
    kept: () => 0,
    stored: async () => null,
    find(items: readonly Waiting[]) {
      for (const { path, place } of items) found.set(path, place);
    },
    async settle(path, outcome) {
      found.set(path, found.get(path) ?? {});
      outcomes.set(path, outcome);
    },
    tell: (note) => void notes.push(note),
  };
}
