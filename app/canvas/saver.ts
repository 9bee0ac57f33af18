import type { WorkflowDocument } from '#lib/workflow/document.ts';
import {
  type Autosave,
  type Merge,
  openAutosave,
  type SaveEvent,
  type SaveStep,
  stepAutosave,
  type Theirs,
  unsaved,
  unsavedPart,
} from './system/autosave.ts';
import { type DraftStorage, forgetDraft, keepDraft, keptDrafts, REFRESH_MS } from './system/kept-draft.ts';

/** A change is kept in this browser after this many ms at the latest. */
const KEEP_MS = 150;

/** How often drafts of other windows are looked at, in ms, while there are some. */
const LOOK_MS = 2_000;

/** What the server said to a draft. */
export type SaveAnswer =
  | { type: 'acknowledged'; revision: number }
  | { type: 'conflicted'; theirs: Theirs }
  | { type: 'refused'; message: string }
  | { type: 'deleted'; by: null }
  | { type: 'unreachable' };

/** What somebody else saved, or null when the workflow is gone. */
export type ReadAnswer =
  | { type: 'read'; theirs: Theirs }
  | { type: 'deleted'; by: null }
  | { type: 'unread' };

/** Something that was put into the document on the screen without the person. */
export type SaverNews =
  | { type: 'merged'; base: WorkflowDocument; theirs: Theirs; document: WorkflowDocument }
  /** What was not saved when a window of this browser went. */
  | { type: 'recovered'; document: WorkflowDocument };

export interface SaverOptions {
  workflowId: string;
  loaded: Theirs;
  storages: readonly DraftStorage[];
  /** Names this window; `before`: the name it had before the page was loaded again. */
  window: { name: string; before: string | null };
  merge: Merge;
  /** Writes the draft; never throws. */
  save(revision: number, document: WorkflowDocument): Promise<SaveAnswer>;
  /** Reads the newest draft; never throws. */
  read(): Promise<ReadAnswer>;
  /** Puts the document on the screen. Not called for what was recovered when the workflow was opened. */
  show(news: SaverNews): void;
}

export interface Saver {
  state(): Autosave;
  /** Whether what is unsaved would survive the end of this window. */
  isKept(): boolean;
  /** Unsaved work of before was found when the workflow was opened. */
  hasRecovered(): boolean;
  subscribe(listener: () => void): () => void;
  edited(document: WorkflowDocument): void;
  /** The person chose what becomes of what both changed. */
  resolve(document: WorkflowDocument): void;
  /** Somebody, perhaps this window, saved this revision. */
  heard(revision: number): void;
  /** The workflow was deleted; `by`: the name of who did it. */
  deleted(by: string | null): void;
  /** Sends what is unsaved at once. Resolves with the state once nothing is under way: saved, or stuck. */
  flush(): Promise<Autosave>;
  /** Tries again at once what was refused or did not arrive. */
  retry(): void;
  /** Keeps what is unsaved in this browser now; for when the page is about to go. */
  keep(): void;
  /** Another window may have kept something, or have gone. */
  look(): void;
  /** The person does not want what is unsaved any more: nothing is kept or sent from here on. */
  giveUp(): void;
  close(): void;
}

/** Saves what is unsaved. The revision that the server has then; throws, in words, when it could not be saved. */
export async function savedRevision(saver: Saver): Promise<number> {
  const { phase, revision } = await saver.flush();
  if (phase.name === 'saved') return revision;
  throw new Error('The draft could not be saved first. See the state beside its name.');
}

/** Carries out what the autosave machine decides: timers, requests, and the copy in this browser. */
export function createSaver(options: SaverOptions): Saver {
  const { workflowId, loaded, storages, merge } = options;
  const { name: window, before } = options.window;
  const place = { workflowId, window };
  const listeners = new Set<() => void>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let keepTimer: ReturnType<typeof setTimeout> | undefined;
  let refreshTimer: ReturnType<typeof setTimeout> | undefined;
  let lookTimer: ReturnType<typeof setTimeout> | undefined;
  let closed = false;
  let kept = true;
  let state: Autosave;

  const tell = (): void => {
    for (const listener of listeners) listener();
  };

  const stopKeeping = (): void => {
    clearTimeout(keepTimer);
    clearTimeout(refreshTimer);
    keepTimer = undefined;
  };

  const keep = (): void => {
    stopKeeping();
    if (closed || !unsaved(state)) return;
    const was = kept;
    kept = keepDraft(storages, { ...place, now: Date.now() }, unsavedPart(state));
    refreshTimer = setTimeout(keep, REFRESH_MS);
    if (was !== kept) tell();
  };

  const forget = (): void => {
    stopKeeping();
    kept = true;
    forgetDraft(storages, workflowId, window);
  };

  const carryOut = (step: SaveStep): void => {
    state = step.state;
    for (const effect of step.effects) {
      if (effect.type === 'wait') {
        clearTimeout(timer);
        timer = setTimeout(() => dispatch({ type: 'due' }), effect.ms);
      } else if (effect.type === 'send') {
        clearTimeout(timer);
        void options.save(effect.revision, effect.document).then(dispatch);
      } else if (effect.type === 'read') {
        void options.read().then(dispatch);
      } else if (effect.type === 'forget') {
        forget();
      } else {
        options.show(effect);
      }
    }
    // Also without an edit: a conflict, or an answer that did not come, is part of what is kept.
    if (unsaved(state)) keepTimer ??= setTimeout(keep, KEEP_MS);
    tell();
  };

  const dispatch = (event: SaveEvent): void => {
    if (!closed) carryOut(stepAutosave(state, event, merge));
    else if (event.type === 'acknowledged' && isLast(state)) forgetDraft(storages, workflowId, window);
  };

  /** Takes up what windows that are gone did not get saved, one after the other. */
  const look = (): void => {
    clearTimeout(lookTimer);
    if (closed) return;
    const others = keptDrafts(storages, workflowId, Date.now()).filter((draft) => draft.window !== window);
    const left = others.find(({ gone }) => gone);
    if (left && state.phase.name === 'saved') {
      dispatch({ type: 'recovered', unsaved: left });
      // First it is ours, then theirs no more.
      keep();
      forgetDraft(storages, workflowId, left.window);
    }
    if (others.length > 0) lookTimer = setTimeout(look, LOOK_MS);
  };

  const own = keptDrafts(storages, workflowId, Date.now()).find(
    (draft) => draft.window === before || draft.window === window,
  );
  const opened = openAutosave(loaded, own ?? null, merge);
  const recovered = opened.effects.some(({ type }) => type === 'recovered');
  carryOut({ ...opened, effects: opened.effects.filter(({ type }) => type !== 'recovered') });
  keep();
  if (own && own.window !== window) forgetDraft(storages, workflowId, own.window);
  lookTimer = setTimeout(look);

  return {
    state: () => state,
    isKept: () => kept,
    hasRecovered: () => recovered,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    edited: (document) => {
      if (document === state.current) return;
      dispatch({ type: 'edited', document });
    },
    resolve: (document) => dispatch({ type: 'resolved', document }),
    heard: (revision) => dispatch({ type: 'heard', revision }),
    deleted: (by) => dispatch({ type: 'deleted', by }),
    flush: () => {
      dispatch({ type: 'due' });
      return new Promise((resolve) => {
        const settled = (): boolean => state.phase.name !== 'saving' && state.phase.name !== 'waiting';
        const look = (): void => {
          if (!settled()) return;
          listeners.delete(look);
          resolve(state);
        };
        listeners.add(look);
        look();
      });
    },
    retry: () => {
      if (state.phase.name === 'offline' || state.phase.name === 'refused') dispatch({ type: 'due' });
    },
    keep,
    look,
    giveUp: () => {
      closed = true;
      forget();
      clearTimeout(timer);
      clearTimeout(lookTimer);
    },
    close: () => {
      if (state.phase.name === 'waiting') dispatch({ type: 'due' });
      keep();
      closed = true;
      clearTimeout(timer);
      stopKeeping();
      clearTimeout(lookTimer);
      listeners.clear();
    },
  };
}

/** What is being sent is all there is to save. */
function isLast({ phase, current }: Autosave): boolean {
  return phase.name === 'saving' && phase.document === current;
}
