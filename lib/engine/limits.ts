import type { RunLimits } from './run.ts';

const MiB = 1024 * 1024;

/** Upper bounds of a run that was not told others. */
export const LIMITS: RunLimits = {
  wallMs: 300_000,
  steps: 1000,
  items: 10_000,
  httpCalls: 50,
  outputBytes: MiB,
  configCharacters: 64 * MiB,
  valueCharacters: 256 * MiB,
};

/** Items of loops whose steps are told, in all of a run. Of the others only failures and questions are. */
export const MAX_TOLD_ITEMS = 200;

/** ms a run holds the event loop in one go. */
export const GO_MS = 50;

/** ms that taking back what was done may take in all: after a failure, and after the caller has left. */
export const UNDO_MS = { failed: 60_000, cancelled: 30_000 };
