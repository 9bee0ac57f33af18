'use client';
import { createContext, type ReactNode, useContext, useEffect, useMemo } from 'react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { CanvasProvider, type CanvasScope } from './canvas-context.tsx';
import type { ScreenStore } from './screen-store.ts';
import { createCanvasStore } from './store.ts';
import { changesBetween } from './system/changes.ts';
import type { Checked } from './watch-problems.ts';

const NOTHING_CHECKED: Checked = { problems: [], byNode: new Map(), errors: 0, contract: null };

const DraftContext = createContext<{ draft: CanvasScope; past: boolean } | null>(null);

function useDraft(): { draft: CanvasScope; past: boolean } {
  const shown = useContext(DraftContext);
  if (!shown) throw new Error('a part of the canvas screen needs a ShownCanvas around it');
  return shown;
}

/** What is shown on the canvas: the draft, or a past run on the graph that it ran, to look at. */
export function ShownCanvas({
  draft,
  children,
}: {
  draft: CanvasScope & { screen: ScreenStore };
  children: ReactNode;
}) {
  const { screen } = draft;
  const wanted = useStore(screen, (state) => state.graph === 'run');
  const runId = useStore(draft.runs, ({ run }) => (run?.made ? run.id : null));

  // Compared once, when the run is opened: the draft may be edited while the run of it is looked at.
  const past = useMemo((): CanvasScope | null => {
    const made = runId === null ? null : draft.runs.getState().run?.made;
    const { document, kinds, editing } = draft.canvas.getState();
    if (!made || !wanted || changesBetween(made.document, document).length === 0) return null;
    return {
      canvas: createCanvasStore(made.document, kinds, { editing }),
      checked: createStore<Checked>()(() => NOTHING_CHECKED),
      runs: draft.runs,
    };
  }, [draft, wanted, runId]);

  useEffect(() => {
    if (wanted && runId !== null && past === null) screen.getState().show({ graph: 'draft' });
  }, [screen, wanted, runId, past]);

  useEffect(() => {
    if (!past) return;
    const { step } = screen.getState();
    if (step !== null && past.canvas.getState().document.nodes.some(({ id }) => id === step)) {
      past.canvas.getState().select([step]);
    }
    return past.canvas.subscribe((now, before) => {
      if (now.selectedNodes === before.selectedNodes) return;
      const [only = null] = now.selectedNodes;
      screen.getState().show({ step: now.selectedNodes.size === 1 ? only : null });
    });
  }, [past, screen]);

  const shown = useMemo(() => ({ draft, past: past !== null }), [draft, past]);
  return (
    <DraftContext.Provider value={shown}>
      <CanvasProvider value={past ?? draft}>{children}</CanvasProvider>
    </DraftContext.Provider>
  );
}

/** Whether a past run is shown in place of the draft. */
export function useIsPast(): boolean {
  return useDraft().past;
}

/** The draft, also while a past run is shown: for what is about the draft alone. */
export function DraftCanvas({ children }: { children: ReactNode }) {
  return <CanvasProvider value={useDraft().draft}>{children}</CanvasProvider>;
}
