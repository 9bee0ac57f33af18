'use client';

import { useQuery } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** Which client called, and with which key. */
export function useRunCaller(project: string, run: string) {
  return useQuery({
    queryKey: [...queryKeys.run(project, run), 'caller'],
    queryFn: ({ signal }) =>
      answer(
        api.projects[':project'].runs[':run'].caller.$get({ param: { project, run } }, { init: { signal } }),
      ),
    staleTime: 60_000,
  });
}
