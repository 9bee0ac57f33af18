import type { RunStatus } from '#app/data/types.ts';

/** How a run stands, in words, as a filter offers them. */
export const STATUSES: readonly { value: RunStatus; label: string }[] = [
  { value: 'succeeded', label: 'Succeeded' },
  { value: 'failed', label: 'Failed' },
  { value: 'running', label: 'Running' },
  { value: 'queued', label: 'Queued' },
  { value: 'suspended', label: 'Waiting' },
  { value: 'timed_out', label: 'Timed out' },
  { value: 'cancelled', label: 'Cancelled' },
  { value: 'crashed', label: 'Crashed' },
];
