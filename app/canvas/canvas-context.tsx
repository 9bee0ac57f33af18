'use client';
import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import { useStoreWithEqualityFn } from 'zustand/traditional';
import type { StoreApi } from 'zustand/vanilla';
import type { WorkflowNode } from '#lib/workflow/document.ts';
import type { RunnerState } from './runner.ts';
import type { CanvasActions, CanvasState, CanvasStore } from './store.ts';
import { findNode, sameButPlace } from './system/graph.ts';
import type { Checked, CheckedStore } from './watch-problems.ts';

/** What the cards and edges of one canvas read: the document, what the compiler says about it, and a run of it. */
export interface CanvasScope {
  canvas: CanvasStore;
  checked: CheckedStore;
  runs: StoreApi<RunnerState>;
}

const CanvasContext = createContext<CanvasScope | null>(null);

export const CanvasProvider = CanvasContext.Provider;

/** All of the canvas around this component. */
export function useCanvasScope(): CanvasScope {
  const scope = useContext(CanvasContext);
  if (!scope) throw new Error('a part of the canvas needs a CanvasProvider around it');
  return scope;
}

/** The store of the canvas around this component, to read and act outside of rendering. */
export function useCanvasStore(): CanvasStore {
  return useCanvasScope().canvas;
}

/** One part of the canvas's state; the component draws again when that part changes. */
export function useCanvas<T>(select: (state: CanvasState & CanvasActions) => T): T {
  return useStore(useCanvasScope().canvas, select);
}

/** A step as a card shows it: that it was moved is no news, React Flow moves the card. */
export function useStep(id: string): WorkflowNode | undefined {
  return useStoreWithEqualityFn(
    useCanvasScope().canvas,
    (state) => findNode(state.document, id),
    sameButPlace,
  );
}

/** One part of what the compiler says. */
export function useChecked<T>(select: (state: Checked) => T): T {
  return useStore(useCanvasScope().checked, select);
}

/** One part of the run that is shown. */
export function useRun<T>(select: (state: RunnerState) => T): T {
  return useStore(useCanvasScope().runs, select);
}
