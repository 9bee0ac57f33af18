import type { RunPlan } from './run.ts';
import { RunControl } from './run-control.ts';
import { rootWalk } from './walk.ts';

/**
 * Walks a plan. Nodes without order between them run together. Steps that answer synchronously are run in
 * one go: a run of only such steps makes no timer and no AbortController, and a promise only for its result. No go
 * holds the event loop for longer than 50 ms.
 */
export const execute: RunPlan = (plan, options) => {
  const run = new RunControl(plan, options);
  run.begin(rootWalk(run));
  return run.result();
};
