'use client';

import { useQuery } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** One run with its steps. Asks again every second while it is running. */
export function useRun(project: string, run: string) {
  return useQuery({
    queryKey: queryKeys.run(project, run),
    queryFn: ({ signal }) =>
      answer(api.projects[':project'].runs[':run'].$get({ param: { project, run } }, { init: { signal } })),

    refetchInterval: ({ state }) => (state.data?.status === 'running' ? 1000 : false),
  });
}
