import type { JsonObject } from '#lib/workflow/json.ts';
import type { DraftStorage } from './kept-draft.ts';

const keyOf = (workflowId: string): string => `patchbay:input:${workflowId}`;

/** Remembers what a workflow was last run with. */
export function keepInput(storage: DraftStorage, workflowId: string, input: JsonObject): void {
  try {
    storage.setItem(keyOf(workflowId), JSON.stringify(input));
  } catch {
    // Full or blocked storage: it is asked again next time.
  }
}

/** The last input; null when there is none. */
export function readKeptInput(storage: DraftStorage, workflowId: string): JsonObject | null {
  try {
    const input: unknown = JSON.parse(storage.getItem(keyOf(workflowId)) ?? 'null');
    return typeof input === 'object' && input !== null && !Array.isArray(input)
      ? (input as JsonObject)
      : null;
  } catch {
    return null;
  }
}
