'use client';
import { type ReactNode, useEffect, useMemo } from 'react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { CanvasProvider, type CanvasScope, useCanvasStore } from './canvas-context.tsx';
import { useCanvasSession } from './session-context.tsx';
import { createCanvasStore } from './store.ts';
import { changesBetween } from './system/changes.ts';
import type { Checked } from './watch-problems.ts';

const NOTHING_CHECKED: Checked = { problems: [], byNode: new Map(), errors: 0, contract: null };

/** What is shown on the canvas: the draft, or a past run on the graph that it ran, to look at. */
export function ShownCanvas({ children }: { children: ReactNode }) {
  const { session } = useCanvasSession();
  const wanted = useStore(session.screen, (state) => state.graph === 'run');
  const runId = useStore(session.runs, ({ run }) => (run?.made ? run.id : null));

  // Compared once, when the run is opened: the draft may be edited while the run of it is looked at.
  const past = useMemo((): CanvasScope | null => {
    const made = runId === null ? null : session.runs.getState().run?.made;
    const { document, kinds } = session.canvas.getState();
    if (!made || !wanted || changesBetween(made.document, document).length === 0) return null;
    return {
      canvas: createCanvasStore(made.document, kinds, false),
      checked: createStore<Checked>()(() => NOTHING_CHECKED),
      runs: session.runs,
    };
  }, [session, wanted, runId]);

  useEffect(() => {
    if (wanted && runId !== null && past === null) session.screen.getState().show({ graph: 'draft' });
  }, [session, wanted, runId, past]);

  useEffect(() => {
    if (!past) return;
    const { step } = session.screen.getState();
    if (step !== null && past.canvas.getState().document.nodes.some(({ id }) => id === step)) {
      past.canvas.getState().select([step]);
    }
    return past.canvas.subscribe((now, before) => {
      if (now.selectedNodes === before.selectedNodes) return;
      const [only = null] = now.selectedNodes;
      session.screen.getState().show({ step: now.selectedNodes.size === 1 ? only : null });
    });
  }, [past, session]);

  return <CanvasProvider value={past ?? session}>{children}</CanvasProvider>;
}

/** Whether a past run is shown in place of the draft. */
export function useIsPast(): boolean {
  const { session } = useCanvasSession();
  return useCanvasStore() !== session.canvas;
}

/** The draft, also while a past run is shown: for what is about the draft alone. */
export function DraftCanvas({ children }: { children: ReactNode }) {
  const { session } = useCanvasSession();
  return <CanvasProvider value={session}>{children}</CanvasProvider>;
}
