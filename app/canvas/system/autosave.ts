import type { WorkflowDocument } from '#lib/workflow/document.ts';

/** Quiet time before a change is sent, in ms. */
export const DEBOUNCE_MS = 600;

/** Pauses between attempts while the server cannot be reached, in ms; the last one repeats. */
const RETRY_MS = [1_000, 2_000, 5_000, 10_000, 30_000] as const;

/** What somebody else saved meanwhile. */
export interface Theirs {
  revision: number;
  document: WorkflowDocument;
  savedBy: string | null;
  /** ISO date. */
  savedAt: string | null;
  /** In words, one line each, what they changed. */
  changed: readonly string[];
}

export type SavePhase =
  | { name: 'saved' }
  /** Changed; the timer runs. */
  | { name: 'waiting' }
  /** A request is under way with `document`. */
  | { name: 'saving'; document: WorkflowDocument }
  /** The server could not be reached; the timer runs. */
  | { name: 'offline' }
  /** The server said no for another reason than a conflict. The next edit tries again. */
  | { name: 'refused'; message: string }
  | { name: 'conflict'; theirs: Theirs };

/** The draft between this browser and the server. */
export interface Autosave {
  phase: SavePhase;
  /** The revision the server gave last; what the next write is based on. */
  revision: number;
  /** The document the server has, as far as we know. */
  acknowledged: WorkflowDocument;
  /** The document on the screen. */
  current: WorkflowDocument;
  /** Requests in a row that did not reach the server. */
  attempts: number;
}

export type SaveEvent =
  | { type: 'edited'; document: WorkflowDocument }
  /** The timer rang, the network is back, or the person pressed save. */
  | { type: 'due' }
  | { type: 'acknowledged'; revision: number }
  | { type: 'unreachable' }
  | { type: 'refused'; message: string }
  | { type: 'conflicted'; theirs: Theirs }
  /** The person chose: their document replaces ours (the screen must show it), or ours is written over theirs. */
  | { type: 'resolved'; choice: 'theirs' | 'mine' };

export type SaveEffect =
  | { type: 'wait'; ms: number }
  | { type: 'send'; revision: number; document: WorkflowDocument }
  /** Nothing is unsaved any more: the copy kept in this browser can go. */
  | { type: 'forget' }
  | { type: 'show'; document: WorkflowDocument };

export interface SaveStep {
  state: Autosave;
  effects: SaveEffect[];
}

/**
 * The draft as it was loaded. `kept` is what this browser had not got saved when it was last closed, with the
 * revision it was based on: based on the same revision it is simply saved; else it is a conflict to decide.
 */
export function openAutosave(
  loaded: { revision: number; document: WorkflowDocument },
  kept: { revision: number; document: WorkflowDocument } | null,
  changed: readonly string[],
): SaveStep {
  const saved: Autosave = {
    phase: { name: 'saved' },
    revision: loaded.revision,
    acknowledged: loaded.document,
    current: loaded.document,
    attempts: 0,
  };
  if (!kept) return { state: saved, effects: [] };
  const state = { ...saved, current: kept.document };
  if (kept.revision === loaded.revision) {
    return { state: { ...state, phase: { name: 'waiting' } }, effects: [{ type: 'wait', ms: 0 }] };
  }
  const theirs = { ...loaded, savedBy: null, savedAt: null, changed };
  return { state: { ...state, phase: { name: 'conflict', theirs } }, effects: [] };
}

/** One step of the machine: never more than one request under way, and no edit is ever dropped. */
export function stepAutosave(state: Autosave, event: SaveEvent): SaveStep {
  const { phase } = state;
  switch (event.type) {
    case 'edited': {
      const edited = { ...state, current: event.document };
      if (phase.name === 'saving' || phase.name === 'conflict' || phase.name === 'offline')
        return stay(edited);
      if (event.document === state.acknowledged) return saved(edited);
      return {
        state: { ...edited, phase: { name: 'waiting' } },
        effects: [{ type: 'wait', ms: DEBOUNCE_MS }],
      };
    }
    case 'due':
      if (phase.name === 'saving' || phase.name === 'conflict') return stay(state);
      return state.current === state.acknowledged ? saved(state) : send(state);
    case 'acknowledged': {
      if (phase.name !== 'saving') return stay(state);
      const next = { ...state, revision: event.revision, acknowledged: phase.document, attempts: 0 };
      return next.current === next.acknowledged ? saved(next) : send(next);
    }
    case 'unreachable': {
      const ms = RETRY_MS[Math.min(state.attempts, RETRY_MS.length - 1)] ?? 30_000;
      return {
        state: { ...state, attempts: state.attempts + 1, phase: { name: 'offline' } },
        effects: [{ type: 'wait', ms }],
      };
    }
    case 'refused':
      return stay({ ...state, phase: { name: 'refused', message: event.message } });
    case 'conflicted':
      return stay({ ...state, phase: { name: 'conflict', theirs: event.theirs } });
    case 'resolved': {
      if (phase.name !== 'conflict') return stay(state);
      const { theirs } = phase;
      const based = { ...state, revision: theirs.revision, acknowledged: theirs.document };
      if (event.choice === 'mine') return send(based);
      const taken = saved({ ...based, current: theirs.document });
      return { ...taken, effects: [...taken.effects, { type: 'show', document: theirs.document }] };
    }
  }
}

/** Is there anything the server has not acknowledged? */
export function unsaved(state: Autosave): boolean {
  return state.current !== state.acknowledged;
}

function stay(state: Autosave): SaveStep {
  return { state, effects: [] };
}

function saved(state: Autosave): SaveStep {
  return { state: { ...state, phase: { name: 'saved' } }, effects: [{ type: 'forget' }] };
}

function send(state: Autosave): SaveStep {
  return {
    state: { ...state, phase: { name: 'saving', document: state.current } },
    effects: [{ type: 'send', revision: state.revision, document: state.current }],
  };
}
