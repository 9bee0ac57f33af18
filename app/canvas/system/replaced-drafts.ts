import * as z from 'zod';
import type { WorkflowDocument } from '#lib/workflow/document.ts';

/** Drafts that are kept of one workflow; the oldest goes first. */
const MOST = 5;

/** A draft that a restored version took the place of, as this browser kept it. */
export interface ReplacedDraft {
  /** ms since the epoch; also its name. */
  at: number;
  /** What took its place: `v3`. */
  by: string;
  document: WorkflowDocument;
}

const stored = z.array(
  z.object({ at: z.number(), by: z.string(), document: z.custom<WorkflowDocument>(looksDrawn) }),
);

/** The browser's storage that lasts; null where it gives none. */
export function lastingStorage(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

/** Keeps the draft that is about to be replaced. False when the browser takes nothing. */
export function keepReplaced(storage: Storage | null, workflowId: string, draft: ReplacedDraft): boolean {
  if (!storage) return false;
  const drafts = [draft, ...replacedDrafts(storage, workflowId)];
  // Fewer of them where the browser has no room for all.
  for (let most = MOST; most > 0; most--) {
    try {
      storage.setItem(nameOf(workflowId), JSON.stringify(drafts.slice(0, most)));
      return true;
    } catch {}
  }
  return false;
}

/** The newest first. */
export function replacedDrafts(storage: Storage | null, workflowId: string): ReplacedDraft[] {
  try {
    return stored.parse(JSON.parse(storage?.getItem(nameOf(workflowId)) ?? '[]'));
  } catch {
    return [];
  }
}

function nameOf(workflowId: string): string {
  return `patchbay:replaced:${workflowId}`;
}

function looksDrawn(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'nodes' in value && 'edges' in value;
}
