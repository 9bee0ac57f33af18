'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';
import type { RunCause, RunStatus } from './types.ts';

export type RunSpan = 'hour' | 'day' | 'week';
export type RunSort = 'newest' | 'oldest' | 'slowest' | 'fastest';

export interface RunFilter {
  /** Id of a workflow. */
  workflow?: string;
  status?: RunStatus;
  cause?: RunCause;
  /** Name of a client, without its version. */
  client?: string;
  /** Those that started within the last hour, day or week. */
  within?: RunSpan;
  /** ISO: when they started. */
  from?: string;
  to?: string;
  /** The beginning of an id, or part of an error's message. */
  text?: string;
  sort?: RunSort;
  /** Only background runs that failed for good. */
  dead?: true;
}

/** Runs of a project, newest first, page by page. Asks again every 5 s: runs come from clients at any time. */
export function useRuns(project: string, filter: RunFilter = {}) {
  return useInfiniteQuery({
    queryKey: [...queryKeys.runs(project), filter],
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.projects[':project'].runs.$get(
          {
            param: { project },
            query: { ...runQuery(filter), ...(pageParam && { cursor: pageParam }) },
          },
          { init: { signal } },
        ),
      ),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: 5000,
  });
}

const HOUR_MS = 3_600_000;
const SPANS: Record<RunSpan, number> = { hour: HOUR_MS, day: 24 * HOUR_MS, week: 7 * 24 * HOUR_MS };

/** A filter as the API takes it, as of now. */
export function runQuery({ dead, within, from, ...rest }: RunFilter) {
  const since = within ? new Date(Date.now() - SPANS[within]).toISOString() : from;
  return { ...rest, ...(since && { from: since }), ...(dead && { dead: 'true' as const }) };
}
