import type { CanvasScope } from './canvas-context.tsx';
import { createLive, type Live } from './live.ts';
import type { Painted } from './painted.ts';
import { createPinSaver } from './pin-saver.ts';
import { createRunner, type Runner } from './runner.ts';
import { createSaver, type Saver, type SaverNews } from './saver.ts';
import type { ScreenStore } from './screen-store.ts';
import type { CanvasServer } from './server.ts';
import type { CanvasState } from './store.ts';
import type { Theirs } from './system/autosave.ts';
import { editing } from './system/editing.ts';
import { startHistory } from './system/history.ts';
import { draftStorages } from './system/kept-draft.ts';
import type { Kinds } from './system/kinds.ts';
import { draftMerge } from './system/merge-drafts.ts';
import type { WorkflowNews } from './system/people.ts';
import type { Pins } from './system/pins.ts';
import { watchProblems } from './watch-problems.ts';
import { windowName } from './window-name.ts';

export interface SessionOptions {
  /** The graph on the screen, which this makes one that is edited. */
  painted: Painted;
  workflowId: string;
  loaded: Theirs;
  pins: Pins;
  /** Pinned values could not be saved. */
  pinsFailed: (message: string) => void;
  kinds: Kinds;
  /** Names of the project's environment values. */
  env: readonly string[];
  editable: boolean;
  server: CanvasServer;
}

/** One opened canvas screen: its stores, wired to each other, to the server and to the address. */
export interface Session extends CanvasScope {
  runs: Runner;
  screen: ScreenStore;
  saver: Saver;
  /** Tells what was put into the document without the person. Returns how to stop. */
  onNews(listener: (news: SaverNews) => void): () => void;
  /** Who else is there. */
  live: Live;
  /** Tells how the workflow stands, and what was done with it. Returns how to stop. */
  onWorkflow(listener: (news: WorkflowNews) => void): () => void;
  close(): void;
}

/** Opens a painted workflow for drawing. Browser only. Call `close` when the screen goes. */
export function openSession({
  painted,
  workflowId,
  loaded,
  pins,
  pinsFailed,
  kinds,
  env,
  editable,
  server,
}: SessionOptions): Session {
  const { canvas, screen } = painted;
  const newsListeners = new Set<(news: SaverNews) => void>();
  const pinSaver = createPinSaver({ save: server.savePins, failed: pinsFailed });
  const runs = createRunner({
    ...server,
    // A run takes the pinned values that the server has.
    start: async (...run) => {
      await pinSaver.settled();
      return server.start(...run);
    },
  });
  const saver = createSaver({
    workflowId,
    loaded,
    // Who may not edit has nothing to save.
    storages: editable ? draftStorages() : [],
    window: windowName(),
    merge: draftMerge(kinds),
    save: server.save,
    read: server.read,
    show: (news) => {
      if (news.type === 'recovered') canvas.getState().replace(news.document, 'Bring back unsaved edits');
      else canvas.getState().join(news.document, { base: news.base, theirs: news.theirs.document });
      for (const listener of newsListeners) listener(news);
    },
  });
  // What was chosen and folded meanwhile stays; steps that only the server's draft had do not.
  const { current } = saver.state();
  const ids = new Set(current.nodes.map(({ id }) => id));
  const selectedNodes = new Set([...canvas.getState().selectedNodes].filter((id) => ids.has(id)));
  const history = startHistory(current, pins);
  canvas.setState({ kinds, editing, editable, document: current, history, pins, selectedNodes });
  const { checked, close: stopChecking } = watchProblems(canvas, env);

  const { run } = screen.getState();
  if (run !== null) void runs.open(run);

  const workflowListeners = new Set<(news: WorkflowNews) => void>();
  const live = createLive({
    server,
    window: windowName().name,
    onNews: (news) => {
      if (news.type === 'deleted') saver.deleted(news.by);
      else saver.heard(news.revision);
      for (const listener of workflowListeners) listener(news);
    },
  });

  const followSelection = (selected: ReadonlySet<string>): void => {
    const [only] = selected;
    const node = selected.size === 1 ? (only ?? null) : null;
    live.moved(node);
    // With a run on the screen the selected step is the one whose input and output are shown.
    const shown = node !== null && runs.getState().run !== null;
    screen.setState(shown ? { node, step: node } : { node });
  };
  if (selectedNodes.size > 0) followSelection(selectedNodes);

  const stop = [
    canvas.subscribe((now, before) => {
      if (now.document !== before.document) {
        saver.edited(now.document);
        const typed = typedStep(before, now);
        if (typed !== null) live.typed(typed);
      }
      if (now.pins !== before.pins) pinSaver.edited(now.pins);
      if (now.selectedNodes !== before.selectedNodes) followSelection(now.selectedNodes);
    }),
    stopChecking,
    runs.close,
    live.close,
    saver.close,
  ];
  const keep = (): void => saver.keep();
  const online = (): void => saver.retry();
  const look = (): void => saver.look();
  window.addEventListener('pagehide', keep);
  window.addEventListener('online', online);
  window.addEventListener('focus', online);
  window.addEventListener('storage', look);
  return {
    canvas,
    checked,
    runs,
    screen,
    saver,
    live,
    onWorkflow: (listener) => {
      workflowListeners.add(listener);
      return () => workflowListeners.delete(listener);
    },
    onNews: (listener) => {
      newsListeners.add(listener);
      return () => newsListeners.delete(listener);
    },
    close: () => {
      window.removeEventListener('pagehide', keep);
      window.removeEventListener('online', online);
      window.removeEventListener('focus', online);
      window.removeEventListener('storage', look);
      for (const end of stop) end();
    },
  };
}

/** The one step whose form was changed here; null where somebody else did it, or more than one step was changed. */
function typedStep(before: CanvasState, now: CanvasState): string | null {
  if (now.history.changes !== before.history.changes) return null;
  const known = new Map(before.document.nodes.map((node) => [node.id, node]));
  const [changed, ...others] = now.document.nodes.filter((node) => {
    const was = known.get(node.id);
    return was && was !== node && (was.config !== node.config || was.settings !== node.settings);
  });
  return changed && others.length === 0 ? changed.id : null;
}
