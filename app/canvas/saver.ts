import type { WorkflowDocument } from '#lib/workflow/document.ts';
import {
  type Autosave,
  openAutosave,
  type SaveEvent,
  type SaveStep,
  stepAutosave,
  type Theirs,
  unsaved,
} from './system/autosave.ts';
import { changesBetween } from './system/changes.ts';
import { type DraftStorage, forgetDraft, keepDraft, readKeptDraft } from './system/kept-draft.ts';

/** A change is kept in this browser after this many ms at the latest. */
const KEEP_MS = 150;

/** What the server said to a draft. */
export type SaveAnswer =
  | { type: 'acknowledged'; revision: number }
  | { type: 'conflicted'; theirs: Theirs }
  | { type: 'refused'; message: string }
  | { type: 'unreachable' };

export interface SaverOptions {
  workflowId: string;
  loaded: { revision: number; document: WorkflowDocument };
  storage: DraftStorage;
  /** Writes the draft; never throws. */
  save(revision: number, document: WorkflowDocument): Promise<SaveAnswer>;
  /** Puts the other person's document on the screen. */
  show(document: WorkflowDocument): void;
}

export interface Saver {
  state(): Autosave;
  subscribe(listener: () => void): () => void;
  edited(document: WorkflowDocument): void;
  resolve(choice: 'theirs' | 'mine'): void;
  /** Sends what is unsaved at once. Resolves with the state once nothing is under way: saved, or stuck. */
  flush(): Promise<Autosave>;
  /** Tries again at once, when the network is back. */
  retry(): void;
  /** Keeps what is unsaved in this browser now; for when the page is about to go. */
  keep(): void;
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
  const { workflowId, loaded, storage } = options;
  const kept = readKeptDraft(storage, workflowId);
  const listeners = new Set<() => void>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let keepTimer: ReturnType<typeof setTimeout> | undefined;
  let closed = false;
  let state: Autosave;

  const keep = (): void => {
    clearTimeout(keepTimer);
    keepTimer = undefined;
    if (unsaved(state)) keepDraft(storage, workflowId, { revision: state.revision, document: state.current });
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
      } else if (effect.type === 'forget') {
        clearTimeout(keepTimer);
        keepTimer = undefined;
        forgetDraft(storage, workflowId);
      } else {
        options.show(effect.document);
      }
    }
    for (const listener of listeners) listener();
  };

  const dispatch = (event: SaveEvent): void => {
    if (!closed) carryOut(stepAutosave(state, event));
  };

  const differences = kept ? changesBetween(kept.document, loaded.document).map((change) => change.text) : [];
  const opened = openAutosave(loaded, kept, differences);
  state = opened.state;
  carryOut(opened);

  return {
    state: () => state,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    edited: (document) => {
      if (document === state.current) return;
      dispatch({ type: 'edited', document });
      keepTimer ??= setTimeout(keep, KEEP_MS);
    },
    resolve: (choice) => dispatch({ type: 'resolved', choice }),
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
      if (state.phase.name === 'offline') dispatch({ type: 'due' });
    },
    keep,
    close: () => {
      keep();
      closed = true;
      clearTimeout(timer);
      clearTimeout(keepTimer);
      listeners.clear();
    },
  };
}
