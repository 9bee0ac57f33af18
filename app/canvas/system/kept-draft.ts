import * as z from 'zod';
import { type WorkflowDocument, workflowEdge, workflowNode } from '#lib/workflow/document.ts';

/** The part of localStorage we use. */
export type DraftStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** Only the shape the canvas stands on: a draft may hold names that are not valid yet, and must not be lost for it. */
const kept = z.object({
  revision: z.int(),
  document: z.custom<WorkflowDocument>(
    (value) =>
      z
        .object({ nodes: z.array(workflowNode.extend({ key: z.string() })), edges: z.array(workflowEdge) })
        .safeParse(value).success,
  ),
});

const keyOf = (workflowId: string): string => `patchbay:draft:${workflowId}`;

/** Keeps an unsaved draft in this browser until the server acknowledged it. Full or blocked storage is no reason to fail. */
export function keepDraft(
  storage: DraftStorage,
  workflowId: string,
  draft: { revision: number; document: WorkflowDocument },
): void {
  try {
    storage.setItem(keyOf(workflowId), JSON.stringify(draft));
  } catch {
    // The draft is still on the screen and on its way to the server.
  }
}

export function forgetDraft(storage: DraftStorage, workflowId: string): void {
  try {
    storage.removeItem(keyOf(workflowId));
  } catch {
    // Storage that cannot be written holds nothing to forget.
  }
}

/** The draft this browser kept; null when there is none or it cannot be read. */
export function readKeptDraft(
  storage: DraftStorage,
  workflowId: string,
): { revision: number; document: WorkflowDocument } | null {
  try {
    const text = storage.getItem(keyOf(workflowId));
    return text === null ? null : (kept.safeParse(JSON.parse(text)).data ?? null);
  } catch {
    return null;
  }
}
