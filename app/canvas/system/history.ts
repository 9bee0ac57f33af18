import type { WorkflowDocument } from '#lib/workflow/document.ts';
import type { Pins } from './pins.ts';

/** Edits with the same merge key within this time are one step back, in ms. */
const MERGE_MS = 1500;

/** Steps that can be taken back. */
const DEPTH = 200;

interface Past {
  document: WorkflowDocument;
  pins: Pins;
  /** What was done to it, in words: "Move 2 steps". */
  label: string;
}

/** All documents since the screen was opened. Documents share what did not change, so a step costs little. */
export interface History {
  past: readonly Past[];
  present: WorkflowDocument;
  /** Pinned values, which lie beside the document. */
  pins: Pins;
  future: readonly Past[];
  /** The last edit, while others may still join it. */
  open: { merge: string; at: number } | null;
}

export interface Edit {
  label: string;
  /** Edits with the same key join: typing in one field, one drag. Left out: a step of its own. */
  merge?: string;
  /** ms, of any clock that only goes forward. */
  at: number;
}

export function startHistory(document: WorkflowDocument, pins: Pins = {}): History {
  return { past: [], present: document, pins, future: [], open: null };
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
    past: joins
      ? history.past
      : [...history.past, { document: history.present, pins: history.pins, label: edit.label }].slice(-DEPTH),
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

/** One step back; `label` says which edit was taken back. Null when there is none. */
export function undo(history: History): { history: History; label: string } | null {
  const last = history.past.at(-1);
  if (!last) return null;
  return {
    label: last.label,
    history: {
      past: history.past.slice(0, -1),
      present: last.document,
      pins: last.pins,
      future: [{ document: history.present, pins: history.pins, label: last.label }, ...history.future],
      open: null,
    },
  };
}

/** One step forward again. Null when there is none. */
export function redo(history: History): { history: History; label: string } | null {
  const [next, ...rest] = history.future;
  if (!next) return null;
  return {
    label: next.label,
    history: {
      past: [...history.past, { document: history.present, pins: history.pins, label: next.label }],
      present: next.document,
      pins: next.pins,
      future: rest,
      open: null,
    },
  };
}
