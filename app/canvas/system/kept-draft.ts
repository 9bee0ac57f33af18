import * as z from 'zod';
import { type WorkflowDocument, workflowEdge, workflowNode } from '#lib/workflow/document.ts';
import type { Unsaved } from './autosave.ts';

/** The part of the browser's storage we use. */
export type DraftStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

/** A window writes its draft again at least this often, in ms, while it is unsaved. */
export const REFRESH_MS = 2_000;

/** A draft that was not written again for this long, in ms, was left by a window that is gone. */
const GONE_MS = 6_000;

/** Only the shape the canvas stands on: a draft may hold names that are not valid yet, and must not be lost for it. */
const drawn = z.custom<WorkflowDocument>(
  (value) =>
    z
      .object({ nodes: z.array(workflowNode.extend({ key: z.string() })), edges: z.array(workflowEdge) })
      .safeParse(value).success,
);

const kept = z.object({
  at: z.number(),
  revision: z.int(),
  base: drawn,
  document: drawn,
  unanswered: z.array(drawn),
});

/** An unsaved draft of a window, as it was kept. */
export interface KeptDraft extends Unsaved {
  /** The window that kept it. */
  window: string;
  /** Whether that window is gone, as far as one can tell. */
  gone: boolean;
}

const prefixOf = (workflowId: string): string => `patchbay:draft:${workflowId}:`;

/** Where drafts are kept: the storage that lasts, and where that is full or blocked the one of this tab. */
export function draftStorages(): DraftStorage[] {
  const open = (name: 'localStorage' | 'sessionStorage'): DraftStorage[] => {
    try {
      return [window[name]];
    } catch {
      return [];
    }
  };
  return [...open('localStorage'), ...open('sessionStorage')];
}

/** Keeps what a window has not got saved, until the server acknowledged it. False when the browser takes nothing. */
export function keepDraft(
  storages: readonly DraftStorage[],
  { workflowId, window, now }: { workflowId: string; window: string; now: number },
  { revision, base, document, unanswered }: Unsaved,
): boolean {
  const text = JSON.stringify({ at: now, revision, base, document, unanswered });
  return storages.some((storage) => {
    try {
      storage.setItem(prefixOf(workflowId) + window, text);
      return true;
    } catch {
      return false;
    }
  });
}

/** Removes what a window kept. */
export function forgetDraft(storages: readonly DraftStorage[], workflowId: string, window: string): void {
  for (const storage of storages) {
    try {
      storage.removeItem(prefixOf(workflowId) + window);
    } catch {
      // Storage that cannot be written holds nothing to forget.
    }
  }
}

/** What windows of this browser kept of a workflow; what cannot be read is left out. `now`: ms since 1970. */
export function keptDrafts(storages: readonly DraftStorage[], workflowId: string, now: number): KeptDraft[] {
  const prefix = prefixOf(workflowId);
  return storages.flatMap((storage) => {
    try {
      const names = Array.from({ length: storage.length }, (_, index) => storage.key(index));
      return names
        .filter((name) => name !== null)
        .filter((name) => name.startsWith(prefix))
        .flatMap((name): KeptDraft[] => {
          const { at, ...draft } = kept.safeParse(JSON.parse(storage.getItem(name) ?? 'null')).data ?? {};
          if (at === undefined || !('document' in draft)) return [];
          const gone = now - at > GONE_MS || at > now;
          return [{ ...(draft as Unsaved), window: name.slice(prefix.length), gone }];
        });
    } catch {
      return [];
    }
  });
}
