'use client';

import { useQuery } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** In ms, by status. */
const INTERVALS: Record<string, number> = { running: 1000, queued: 1000, suspended: 3000 };

/** One run with its steps. Asks again every second while it goes on, every third while it waits for an answer. */
export function useRun(project: string, run: string) {
  return useQuery({
    queryKey: queryKeys.run(project, run),
    queryFn: ({ signal }) =>
      answer(api.projects[':project'].runs[':run'].$get({ param: { project, run } }, { init: { signal } })),

    refetchInterval: ({ state }) => INTERVALS[state.data?.status ?? ''] ?? false,
  });
}
