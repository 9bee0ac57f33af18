import { createStore, type StoreApi } from 'zustand/vanilla';
import type { RunEvent } from '#lib/engine/events.ts';
import type { WorkflowDocument } from '#lib/workflow/document.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import type { PartRequest } from './system/run-part.ts';
import { applyRunEvent, isOngoing, type RunView, startRunView } from './system/run-view.ts';

/** The calls a runner makes; all throw with words for the person. */
export interface RunServer {
  start(input: JsonObject, document: WorkflowDocument, part?: PartRequest): Promise<string>;
  /** The run as it is recorded, with its document when it was stored. */
  load(runId: string): Promise<RunView>;
  cancel(runId: string): Promise<void>;
  /** Address of the run's event stream. */
  eventsUrl(runId: string): string;
}

export interface RunnerState {
  /** The run on the screen. */
  run: RunView | null;
  /** What is being waited for before the first event. */
  waiting: 'starting' | 'loading' | 'cancelling' | null;
  /** Why the run could not be started, loaded or followed. */
  failure: string | null;
}

export interface Runner extends StoreApi<RunnerState> {
  /** Runs the draft, or a part of it; resolves with the run's id, or null when it could not be started. */
  start(input: JsonObject, document: WorkflowDocument, part?: PartRequest): Promise<string | null>;
  /** Shows a run; follows it while it goes on. */
  open(runId: string): Promise<void>;
  cancel(): Promise<void>;
  /** The run that is shown got an answer: looks at once whether it goes on. */
  answered(): void;
  /** Shows no run. */
  clear(): void;
  /** Stops following, at the end of the screen. */
  close(): void;
}

/** How often a run that waits is looked at, in ms: anybody may answer it. After an answer given here, more often. */
const LOOK_MS = 2500;
const LOOK_SOON_MS = 250;

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Starts and follows runs. The run itself goes on in the server, whatever happens here. */
export function createRunner(server: RunServer): Runner {
  const store = createStore<RunnerState>()(() => ({ run: null, waiting: null, failure: null }));
  let source: EventSource | null = null;
  let shown: string | null = null;
  let look: ReturnType<typeof setTimeout> | undefined;

  const unfollow = (): void => {
    clearTimeout(look);
    source?.close();
    source = null;
  };

  const follow = (runId: string): void => {
    unfollow();
    const stream = new EventSource(server.eventsUrl(runId));
    source = stream;
    stream.onmessage = ({ data }: MessageEvent<string>) => {
      const event = JSON.parse(data) as RunEvent;
      const { run } = store.getState();
      store.setState({
        run: applyRunEvent(run?.id === runId ? run : startRunView(runId), event),
        failure: null,
      });
      if (event.type === 'run.finished') {
        unfollow();
        store.setState({ waiting: null });
        if (event.status === 'suspended') lookLater(runId, LOOK_MS);
      }
    };
    stream.onerror = () => {
      // The browser tries again by itself, and the stream begins again from the first event. Only a refusal ends it.
      if (stream.readyState !== EventSource.CLOSED || source !== stream) return;
      unfollow();
      void reload(runId);
    };
  };

  /** A run that waits sends no events: it is looked at until it goes on, and followed then. */
  const lookLater = (runId: string, ms: number): void => {
    clearTimeout(look);
    look = setTimeout(async () => {
      await reload(runId);
      if (shown === runId) attend(runId, ms);
    }, ms);
  };

  const attend = (runId: string, ms: number): void => {
    const status = store.getState().run?.status;
    if (status === 'running' || status === 'queued') follow(runId);
    else if (status === 'suspended') lookLater(runId, ms);
  };

  const reload = async (runId: string): Promise<void> => {
    try {
      const run = await server.load(runId);
      if (shown === runId) store.setState({ run, waiting: null, failure: null });
    } catch (error) {
      if (shown === runId) store.setState({ waiting: null, failure: wordsOf(error) });
    }
  };

  return {
    ...store,
    start: async (input, document, part) => {
      unfollow();
      store.setState({ run: null, waiting: 'starting', failure: null });
      try {
        const runId = await server.start(input, document, part);
        shown = runId;
        const run = { ...startRunView(runId), made: { version: null, document } };
        store.setState({ run, waiting: null });
        follow(runId);
        return runId;
      } catch (error) {
        store.setState({ waiting: null, failure: wordsOf(error) });
        return null;
      }
    },
    open: async (runId) => {
      if (shown === runId) return;
      unfollow();
      shown = runId;
      store.setState({ run: null, waiting: 'loading', failure: null });
      await reload(runId);
      if (shown === runId) attend(runId, LOOK_MS);
    },
    cancel: async () => {
      const { run } = store.getState();
      if (!run || !isOngoing(run)) return;
      store.setState({ waiting: 'cancelling' });
      try {
        await server.cancel(run.id);
        if (run.status === 'suspended') lookLater(run.id, LOOK_SOON_MS);
      } catch (error) {
        store.setState({ waiting: null, failure: wordsOf(error) });
      }
    },
    answered: () => {
      if (shown !== null) lookLater(shown, LOOK_SOON_MS);
    },
    clear: () => {
      unfollow();
      shown = null;
      store.setState({ run: null, waiting: null, failure: null });
    },
    close: unfollow,
  };
}
