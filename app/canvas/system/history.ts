import type { WorkflowDocument } from '#lib/workflow/document.ts';
import { sameJson } from '#lib/workflow/same-json.ts';
import type { Pins } from './pins.ts';

/** Edits with the same merge key within this time are one step back, in ms. */
const MERGE_MS = 1500;

/** Steps that can be taken back. */
const DEPTH = 200;

/** Changes of others that are remembered; what is older than all of them cannot be gone back to. */
const MOST_CHANGES = 500;

interface Past {
  document: WorkflowDocument;
  pins: Pins;
  /** What was done to it, in words: "Move 2 steps". */
  label: string;
  /** How many changes of others there had been. */
  seen: number;
}

/** What somebody else did: from the one document to the other. */
export interface TheirChange {
  base: WorkflowDocument;
  theirs: WorkflowDocument;
}

/** A document of before with what somebody else did since; where both changed the same, it is theirs. */
export type OnTop = (document: WorkflowDocument, change: TheirChange) => WorkflowDocument;

/** All documents since the screen was opened. Documents share what did not change, so a step costs little. */
export interface History {
  past: readonly Past[];
  present: WorkflowDocument;
  /** Pinned values, which lie beside the document. */
  pins: Pins;
  future: readonly Past[];
  /** The last edit, while others may still join it. */
  open: { merge: string; at: number } | null;
  /** What others did meanwhile: undo takes back only what is one's own. */
  changes: readonly TheirChange[];
  /** How many of their changes are forgotten. */
  forgotten: number;
}

export interface Edit {
  label: string;
  /** Edits with the same key join: typing in one field, one drag. Left out: a step of its own. */
  merge?: string;
  /** ms, of any clock that only goes forward. */
  at: number;
}

export function startHistory(document: WorkflowDocument, pins: Pins = {}): History {
  return { past: [], present: document, pins, future: [], open: null, changes: [], forgotten: 0 };
}

/** Makes `document` and `pins` the present. Nothing happens when they are the present already. */
export function record(
  history: History,
  document: WorkflowDocument,
  edit: Edit,
  pins: Pins = history.pins,
): History {
  if (document === history.present && pins === history.pins) return history;
  const joins =
    history.open !== null &&
    edit.merge === history.open.merge &&
    edit.at - history.open.at <= MERGE_MS &&
    history.future.length === 0;
  return {
    ...history,
    past: joins ? history.past : [...history.past, leave(history, edit.label)].slice(-DEPTH),
    present: document,
    pins,
    future: [],
    open: edit.merge === undefined ? null : { merge: edit.merge, at: edit.at },
  };
}

/** Ends the edit that others might join: at the end of a drag, when a field loses focus. */
export function close(history: History): History {
  return history.open === null ? history : { ...history, open: null };
}

/** Makes the present what it is together with what somebody else did. It is no step: only one's own are taken back. */
export function joinTheirs(history: History, document: WorkflowDocument, change: TheirChange): History {
  const changes = [...history.changes, change].slice(-MOST_CHANGES);
  const forgotten = seenBy(history) + 1 - changes.length;
  const known = ({ seen }: Past): boolean => seen >= forgotten;
  return {
    ...history,
    past: history.past.filter(known),
    present: document,
    future: history.future.filter(known),
    changes,
    forgotten,
  };
}

/**
 * One step back; `label` says which edit was taken back. Null when there is none. A step of which nothing is left,
 * because others changed the same things since, is passed over.
 */
export function undo(history: History, onTop: OnTop): { history: History; label: string } | null {
  const past = [...history.past];
  for (let last = past.pop(); last; last = past.pop()) {
    const there = goTo(history, last, onTop);
    if (!there) continue;
    const future = [leave(history, last.label), ...history.future];
    return { label: last.label, history: { ...there, past, future } };
  }
  return null;
}

/** One step forward again. Null when there is none. */
export function redo(history: History, onTop: OnTop): { history: History; label: string } | null {
  const future = [...history.future];
  for (let next = future.shift(); next; next = future.shift()) {
    const there = goTo(history, next, onTop);
    if (!there) continue;
    const past = [...history.past, leave(history, next.label)];
    return { label: next.label, history: { ...there, past, future } };
  }
  return null;
}

/** The present, to come back to. */
function leave(history: History, label: string): Past {
  return { document: history.present, pins: history.pins, label, seen: seenBy(history) };
}

/** What was left, with what others did since; null when that is where we are. */
function goTo(history: History, { document, pins, seen }: Past, onTop: OnTop): History | null {
  const present = history.changes.slice(seen - history.forgotten).reduce(onTop, document);
  if (pins === history.pins && sameJson(present, history.present)) return null;
  return { ...history, present, pins, open: null };
}

function seenBy({ changes, forgotten }: History): number {
  return forgotten + changes.length;
}
