import { createStore, type StoreApi } from 'zustand/vanilla';
import { compile } from '#lib/workflow/compile.ts';
import type { Contract } from '#lib/workflow/contract.ts';
import type { WorkflowDocument } from '#lib/workflow/document.ts';
import type { Problem } from '#lib/workflow/problem.ts';
import type { CanvasStore } from './store.ts';
import type { Kinds } from './system/kinds.ts';
import { sameMeaning } from './system/same-meaning.ts';

/** Quiet time before the document is compiled again, in ms. */
const DEBOUNCE_MS = 120;

/** The same for a graph with many steps, which takes longer than the time between two keys. */
const LARGE = { steps: 100, debounceMs: 400 };

/** What the compiler says about the document on the screen. */
export interface Checked {
  problems: readonly Problem[];
  /** By node id. */
  byNode: ReadonlyMap<string, readonly Problem[]>;
  errors: number;
  /** The tool as the client will see it; null while errors stand in the way. */
  contract: Contract | null;
}

export type CheckedStore = StoreApi<Checked>;

function check(document: WorkflowDocument, kinds: Kinds, env: readonly string[]): Checked {
  const { problems, contract } = compile(document, kinds, { env });
  return {
    problems,
    byNode: Map.groupBy(
      problems.filter((problem) => problem.nodeId !== undefined),
      (problem) => problem.nodeId ?? '',
    ),
    errors: problems.filter((problem) => problem.severity === 'error').length,
    contract,
  };
}

/**
 * Compiles the canvas's document, now and after every change, and holds what came of it. `env`: names of the
 * project's environment values.
 */
export function watchProblems(
  canvas: CanvasStore,
  env: readonly string[],
): { checked: CheckedStore; close: () => void } {
  const { document, kinds } = canvas.getState();
  const checked = createStore<Checked>()(() => check(document, kinds, env));
  let last = document;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const unsubscribe = canvas.subscribe((now, before) => {
    if (now.document === before.document) return;
    clearTimeout(timer);
    if (sameMeaning(now.document, last)) return;
    timer = setTimeout(
      () => {
        last = canvas.getState().document;
        checked.setState(check(last, now.kinds, env));
      },
      now.document.nodes.length > LARGE.steps ? LARGE.debounceMs : DEBOUNCE_MS,
    );
  });
  return {
    checked,
    close: () => {
      clearTimeout(timer);
      unsubscribe();
    },
  };
}
