import { createStore } from 'zustand/vanilla';
import type { Workflow } from '#app/data/types.ts';
import type { CanvasScope } from './canvas-context.tsx';
import { keepFolded } from './keep-folded.ts';
import type { RunnerState } from './runner.ts';
import { createScreenStore, followAddress, type ScreenStore } from './screen-store.ts';
import { type CanvasStore, createCanvasStore } from './store.ts';
import { paintedKinds } from './system/painted-kinds.ts';
import type { Checked } from './watch-problems.ts';

/** An opened canvas screen before its session: the graph as the server told it, to look at. */
export interface Painted extends CanvasScope {
  screen: ScreenStore;
  close(): void;
}

/** Paints a workflow with what the server said about its steps. Browser only. Call `close` when the screen goes. */
export function paintWorkflow({ id, document, drawing, problemList }: Workflow): Painted {
  const screen = createScreenStore(window.location.search);
  const canvas = createCanvasStore(document, paintedKinds(document, drawing));
  const { node } = screen.getState();
  if (node !== null && document.nodes.some((other) => other.id === node)) canvas.getState().select([node]);
  const stop = [keepFolded(canvas, window.localStorage, id), followAddress(screen)];
  return {
    canvas,
    screen,
    checked: createStore<Checked>()(() => ({
      problems: problemList,
      byNode: Map.groupBy(
        problemList.filter(({ nodeId }) => nodeId !== undefined),
        ({ nodeId }) => nodeId ?? '',
      ),
      errors: problemList.filter(({ severity }) => severity === 'error').length,
      contract: null,
    })),
    runs: createStore<RunnerState>()(() => ({ run: null, waiting: null, failure: null })),
    close: () => {
      for (const end of stop) end();
    },
  };
}

/** Nothing is waited for longer than this, in ms. */
const PATIENCE_MS = 5000;

/** Resolves once the graph is on the screen; at once where there is none, or in a tab that nobody looks at. */
export function whenSeen(canvas: CanvasStore, screen: ScreenStore): Promise<void> {
  const { nodes } = canvas.getState().document;
  if (nodes.length === 0 || screen.getState().view === 'list' || document.hidden) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      unsubscribe();
      resolve();
    };
    const timer = setTimeout(end, PATIENCE_MS);
    // Cards are shown when they were measured: with the next frame, which is over when the one behind it begins.
    const unsubscribe = canvas.subscribe(({ sizes }, before) => {
      if (sizes === before.sizes) return;
      requestAnimationFrame(() => requestAnimationFrame(end));
    });
  });
}
