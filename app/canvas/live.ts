import { createStore, type StoreApi } from 'zustand/vanilla';
import { sameJson } from '#lib/workflow/same-json.ts';
import type { Person, WorkflowNews } from './system/people.ts';

/** How often a window says that it is there, in ms. */
const BEAT_MS = 10_000;

/** While somebody types this is said at most this often, in ms. */
const TYPED_MS = 3_000;

/** Quiet time before a new selection is told, in ms. */
const MOVED_MS = 150;

/** Pauses between attempts to follow again, in ms; the last one repeats. */
const RETRY_MS = [1_000, 2_000, 5_000, 10_000, 30_000] as const;

/** A window that nobody looks at for this long follows no more, in ms: browsers hold few streams open. */
const HIDDEN_MS = 60_000;

export interface Whereabouts {
  window: string;
  selected: string | null;
  typed: string | null;
}

export interface LiveServer {
  /** Says where one is, and answers how the workflow stands; null when the server cannot be reached. Never throws. */
  beat(where: Whereabouts): Promise<WorkflowNews | null>;
  /** Address of the stream of the same. */
  streamUrl(window: string): string;
}

export interface LiveState {
  /** Whoever has the workflow open in another window. */
  others: readonly Person[];
  /** The step that this window is known to type at. */
  editing: string | null;
}

/** What goes on around an opened workflow: who is there, and what is done with it. */
export interface Live extends StoreApi<LiveState> {
  /** Another step was selected; null for none or several. */
  moved(selected: string | null): void;
  /** Something was typed into the form of this step. */
  typed(nodeId: string): void;
  /** Asks at once how things stand. */
  look(): void;
  close(): void;
}

export interface LiveOptions {
  server: LiveServer;
  window: string;
  onNews(news: WorkflowNews): void;
}

/** Follows a workflow: by a stream where there is one, else with every heartbeat. Browser only. */
export function createLive({ server, window, onNews }: LiveOptions): Live {
  const store = createStore<LiveState>()(() => ({ others: [], editing: null }));
  let selected: string | null = null;
  let typed: string | null = null;
  let typedAt = 0;
  let source: EventSource | null = null;
  let attempts = 0;
  let closed = false;
  let beatTimer: ReturnType<typeof setTimeout> | undefined;
  let retryTimer: ReturnType<typeof setTimeout> | undefined;
  let hiddenTimer: ReturnType<typeof setTimeout> | undefined;

  const take = (news: WorkflowNews): void => {
    if (closed) return;
    if (news.type === 'state') {
      const own = news.people.find((person) => person.you && person.window === window);
      const others = news.people.filter((person) => person !== own);
      const now: LiveState = { others, editing: own?.editing ?? null };
      if (!sameJson(now, { others: store.getState().others, editing: store.getState().editing }))
        store.setState(now);
    } else {
      leave();
    }
    onNews(news);
  };

  const beat = async (): Promise<void> => {
    clearTimeout(beatTimer);
    if (closed) return;
    beatTimer = setTimeout(beat, BEAT_MS);
    const said = typed;
    typed = null;
    const news = await server.beat({ window, selected, typed: said });
    if (news) take(news);
    // Who is there can no longer be told.
    else if (source === null) store.setState({ others: [] });
  };

  const follow = (): void => {
    clearTimeout(retryTimer);
    if (closed || source !== null) return;
    const stream = new EventSource(server.streamUrl(window));
    source = stream;
    stream.onmessage = ({ data }: MessageEvent<string>) => {
      attempts = 0;
      take(JSON.parse(data) as WorkflowNews);
    };
    stream.onerror = () => {
      stream.close();
      if (source !== stream) return;
      source = null;
      const ms = RETRY_MS[Math.min(attempts, RETRY_MS.length - 1)] ?? 30_000;
      attempts += 1;
      // Not all at the same moment after a restart.
      retryTimer = setTimeout(() => void beat().then(follow), ms * (0.75 + Math.random() / 2));
    };
  };

  const leave = (): void => {
    clearTimeout(beatTimer);
    clearTimeout(retryTimer);
    source?.close();
    source = null;
  };

  const start = (): void => {
    if (closed) return;
    void beat();
    follow();
  };

  const visible = (): void => {
    clearTimeout(hiddenTimer);
    if (document.visibilityState === 'hidden') hiddenTimer = setTimeout(leave, HIDDEN_MS);
    else start();
  };
  const look = (): void => void beat();
  document.addEventListener('visibilitychange', visible);
  globalThis.addEventListener('focus', look);
  globalThis.addEventListener('online', start);
  start();

  return {
    ...store,
    moved: (now) => {
      if (now === selected) return;
      selected = now;
      clearTimeout(beatTimer);
      beatTimer = setTimeout(beat, MOVED_MS);
    },
    typed: (nodeId) => {
      const again = nodeId === store.getState().editing && Date.now() - typedAt < TYPED_MS;
      typed = nodeId;
      if (again) return;
      typedAt = Date.now();
      void beat();
    },
    look,
    close: () => {
      closed = true;
      leave();
      clearTimeout(hiddenTimer);
      document.removeEventListener('visibilitychange', visible);
      globalThis.removeEventListener('focus', look);
      globalThis.removeEventListener('online', start);
    },
  };
}
