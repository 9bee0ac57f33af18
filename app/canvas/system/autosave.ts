import type { WorkflowDocument } from '#lib/workflow/document.ts';
import { sameJson } from '#lib/workflow/same-json.ts';

/** Quiet time before a change is sent, in ms. */
export const DEBOUNCE_MS = 600;

/** Pauses between attempts while the server cannot be reached, in ms; the last one repeats. */
const RETRY_MS = [1_000, 2_000, 5_000, 10_000, 30_000] as const;

/** Documents that were sent without an answer, and may have arrived: so many of the last are remembered. */
const MOST_UNANSWERED = 5;

/** What somebody else saved meanwhile. */
export interface Theirs {
  revision: number;
  document: WorkflowDocument;
  /** Name; null when it is not known. */
  savedBy: string | null;
  /** ISO date. */
  savedAt: string | null;
}

/** Merges two documents that began with one; `conflicts` is empty where nobody has to be asked. */
export type Merge = (documents: {
  base: WorkflowDocument;
  mine: WorkflowDocument;
  theirs: WorkflowDocument;
}) => { document: WorkflowDocument; conflicts: readonly unknown[] };

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
  /** Both changed the same thing. `base` is what both began with. Nothing is written until the person chose. */
  | { name: 'conflict'; base: WorkflowDocument; theirs: Theirs }
  /** There is no such workflow any more. */
  | { name: 'deleted'; by: string | null };

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
  /** Sent without an answer: one of them may be what the server has. */
  unanswered: readonly WorkflowDocument[];
  /** The newest revision there is, as we were told. */
  heard: number;
  /** The newest draft is being read. */
  reading: boolean;
}

/** What a window had not got saved when it went, with what it was made from. */
export interface Unsaved {
  /** Of `base`; -1 for one that is older than what the server has for sure. */
  revision: number;
  base: WorkflowDocument;
  document: WorkflowDocument;
  unanswered: readonly WorkflowDocument[];
}

export type SaveEvent =
  | { type: 'edited'; document: WorkflowDocument }
  /** The timer rang, the network is back, or the person pressed save. */
  | { type: 'due' }
  | { type: 'acknowledged'; revision: number }
  | { type: 'unreachable' }
  | { type: 'refused'; message: string }
  | { type: 'conflicted'; theirs: Theirs }
  /** Somebody, perhaps this window, saved this revision. */
  | { type: 'heard'; revision: number }
  /** The answer to the effect `read`. */
  | { type: 'read'; theirs: Theirs }
  | { type: 'unread' }
  | { type: 'deleted'; by: string | null }
  /** Another window went with this unsaved. Taken up only while all of ours is saved. */
  | { type: 'recovered'; unsaved: Unsaved }
  /** The person chose: what both documents together are to be. */
  | { type: 'resolved'; document: WorkflowDocument };

export type SaveEffect =
  | { type: 'wait'; ms: number }
  | { type: 'send'; revision: number; document: WorkflowDocument }
  /** Read the newest draft. */
  | { type: 'read' }
  /** Nothing is unsaved any more: the copy kept in this browser can go. */
  | { type: 'forget' }
  /** `document` holds what they changed since `base`, too; the screen must show it. */
  | { type: 'merged'; base: WorkflowDocument; theirs: Theirs; document: WorkflowDocument }
  /** What another window had not saved is in the document; the screen must show it. */
  | { type: 'recovered'; document: WorkflowDocument };

export interface SaveStep {
  state: Autosave;
  effects: SaveEffect[];
}

/** The draft as it was loaded, with what this browser had not got saved when it was last closed. */
export function openAutosave(loaded: Theirs, kept: Unsaved | null, merge: Merge): SaveStep {
  const saved: Autosave = {
    phase: { name: 'saved' },
    revision: loaded.revision,
    acknowledged: loaded.document,
    current: loaded.document,
    attempts: 0,
    unanswered: [],
    heard: loaded.revision,
    reading: false,
  };
  return kept ? recover(saved, kept, merge, loaded) : stay(saved);
}

/** One step of the machine: never more than one request under way, and no edit is ever dropped. */
export function stepAutosave(state: Autosave, event: SaveEvent, merge: Merge): SaveStep {
  const { phase } = state;
  switch (event.type) {
    case 'edited':
      return edit({ ...state, current: event.document });
    case 'due':
      if (phase.name === 'saving' || phase.name === 'conflict' || phase.name === 'deleted')
        return stay(state);
      return state.current === state.acknowledged ? saved(state) : send(state);
    case 'acknowledged':
      if (phase.name !== 'saving') return stay(state);
      return based(state, event.revision, phase.document);
    case 'unreachable': {
      if (phase.name !== 'saving') return stay(state);
      const ms = RETRY_MS[Math.min(state.attempts, RETRY_MS.length - 1)] ?? 30_000;
      const unanswered = [...state.unanswered, phase.document].slice(-MOST_UNANSWERED);
      return {
        state: { ...state, attempts: state.attempts + 1, unanswered, phase: { name: 'offline' } },
        effects: [{ type: 'wait', ms }],
      };
    }
    case 'refused':
      if (phase.name !== 'saving') return stay(state);
      return stay({ ...state, phase: { name: 'refused', message: event.message } });
    case 'conflicted':
      return take(state, event.theirs, merge);
    case 'heard': {
      const heard = Math.max(state.heard, event.revision);
      return readNewer({ ...state, heard });
    }
    case 'read': {
      const read = { ...state, reading: false, heard: Math.max(state.heard, event.theirs.revision) };
      // The answer to what is under way says more: the newer draft may be this very one.
      if (phase.name === 'saving' || phase.name === 'deleted') return stay(read);
      return event.theirs.revision <= newestKnown(state) ? stay(read) : take(read, event.theirs, merge);
    }
    case 'unread':
      return stay({ ...state, reading: false });
    case 'deleted':
      return stay({ ...state, phase: { name: 'deleted', by: event.by } });
    case 'recovered':
      return phase.name === 'saved' ? recover(state, event.unsaved, merge) : stay(state);
    case 'resolved': {
      if (phase.name !== 'conflict') return stay(state);
      const { base, theirs } = phase;
      return merged({ ...state, phase: { name: 'saving', document: state.current } }, base, theirs, {
        document: event.document,
      });
    }
  }
}

/** Is there anything the server has not acknowledged? */
export function unsaved(state: Autosave): boolean {
  return state.current !== state.acknowledged || state.phase.name === 'deleted';
}

/** What has to be kept so that nothing is lost when this window goes now. */
export function unsavedPart({ phase, revision, acknowledged, current, unanswered }: Autosave): Unsaved {
  const inConflict = phase.name === 'conflict';
  return {
    revision: inConflict ? -1 : revision,
    base: inConflict ? phase.base : acknowledged,
    document: current,
    unanswered: phase.name === 'saving' ? [...unanswered, phase.document] : unanswered,
  };
}

function edit(state: Autosave): SaveStep {
  const { phase } = state;
  if (phase.name !== 'saved' && phase.name !== 'waiting' && phase.name !== 'refused') return stay(state);
  if (state.current === state.acknowledged) return saved(state);
  return { state: { ...state, phase: { name: 'waiting' } }, effects: [{ type: 'wait', ms: DEBOUNCE_MS }] };
}

/** The server has this document at this revision, and it came from here. */
function based(state: Autosave, revision: number, acknowledged: WorkflowDocument): SaveStep {
  const next = { ...state, revision, acknowledged, attempts: 0, unanswered: [] };
  if (next.current !== next.acknowledged) return send(next);
  const done = saved(next);
  const more = readNewer(done.state);
  return { state: more.state, effects: [...done.effects, ...more.effects] };
}

/** What somebody else saved is merged into what is on the screen, or the person is asked. */
function take(state: Autosave, theirs: Theirs, merge: Merge): SaveStep {
  const { phase } = state;
  const own = state.unanswered.find((document) => sameJson(document, theirs.document));
  // No answer came, but it had arrived.
  if (own) return based(state, theirs.revision, own);
  const base = phase.name === 'conflict' ? phase.base : state.acknowledged;
  return merged(state, base, theirs, merge({ base, mine: state.current, theirs: theirs.document }));
}

function merged(
  state: Autosave,
  base: WorkflowDocument,
  theirs: Theirs,
  { document, conflicts = [] }: { document: WorkflowDocument; conflicts?: readonly unknown[] },
): SaveStep {
  const { phase, revision } = state;
  const heard = Math.max(state.heard, theirs.revision);
  if (conflicts.length > 0) return stay({ ...state, heard, phase: { name: 'conflict', base, theirs } });
  const equal = sameJson(document, theirs.document);
  const next: Autosave = {
    ...state,
    heard,
    revision: theirs.revision,
    // One object: what is on the screen is what the server has.
    acknowledged: equal ? document : theirs.document,
    current: document,
    attempts: 0,
    unanswered: [],
  };
  const show: SaveEffect[] =
    revision === theirs.revision && document === state.current
      ? []
      : [{ type: 'merged', base, theirs, document }];
  const { state: after, effects } = equal
    ? saved(next)
    : phase.name === 'saving'
      ? send(next)
      : // Its timer runs: what others do must not put off what is mine.
        phase.name === 'waiting'
        ? stay(next)
        : {
            state: { ...next, phase: { name: 'waiting' as const } },
            effects: [{ type: 'wait' as const, ms: DEBOUNCE_MS }],
          };
  return { state: after, effects: [...show, ...effects] };
}

/** What a window that went had not saved, on top of what the server has now. */
function recover(
  state: Autosave,
  kept: Unsaved,
  merge: Merge,
  by: Pick<Theirs, 'savedBy' | 'savedAt'> = { savedBy: null, savedAt: null },
): SaveStep {
  const { revision, acknowledged } = state;
  // What that window sent may arrive yet.
  const { unanswered } = kept;
  const arrived = kept.unanswered.find((document) => sameJson(document, acknowledged));
  const base = kept.revision === revision ? acknowledged : (arrived ?? kept.base);
  const { document, conflicts } = merge({ base, mine: kept.document, theirs: acknowledged });
  if (conflicts.length > 0) {
    const { savedBy, savedAt } = by;
    const theirs = { revision, document: acknowledged, savedBy, savedAt };
    return {
      state: { ...state, unanswered, current: kept.document, phase: { name: 'conflict', base, theirs } },
      effects: [{ type: 'recovered', document: kept.document }],
    };
  }
  if (sameJson(document, acknowledged)) return saved(state);
  return {
    state: { ...state, unanswered, current: document, phase: { name: 'waiting' } },
    effects: [
      { type: 'recovered', document },
      { type: 'wait', ms: 0 },
    ],
  };
}

/** The revision of the last draft of theirs that is here. */
function newestKnown({ phase, revision }: Autosave): number {
  return phase.name === 'conflict' ? phase.theirs.revision : revision;
}

function readNewer(state: Autosave): SaveStep {
  const { phase, heard, reading } = state;
  const busy = phase.name === 'saving' || phase.name === 'deleted' || reading;
  if (busy || heard <= newestKnown(state)) return stay(state);
  return { state: { ...state, reading: true }, effects: [{ type: 'read' }] };
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
