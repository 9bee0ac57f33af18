'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';
import type { RunCause, RunStatus } from './types.ts';

export interface RunFilter {
  /** Id of a workflow. */
  workflow?: string;
  status?: RunStatus;
  cause?: RunCause;
  /** Only background runs that failed for good. */
  dead?: true;
}

/** Runs of a project, newest first, page by page. Asks again every 5 s: runs come from clients at any time. */
export function useRuns(project: string, filter: RunFilter = {}) {
  const { dead, ...rest } = filter;
  return useInfiniteQuery({
    queryKey: [...queryKeys.runs(project), filter],
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.projects[':project'].runs.$get(
          {
            param: { project },
            query: {
              ...rest,
              ...(dead && { dead: 'true' as const }),
              ...(pageParam && { cursor: pageParam }),
            },
          },
          { init: { signal } },
        ),
      ),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: 5000,
  });
}
