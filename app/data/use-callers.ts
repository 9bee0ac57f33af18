'use client';

import { useQuery } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** Clients that called a workflow in the last 30 days, most calls first. */
export function useCallers(project: string, workflow: string, enabled = true) {
  return useQuery({
    queryKey: queryKeys.callers(project, workflow),
    queryFn: ({ signal }) =>
      answer(
        api.projects[':project'].workflows[':workflow'].callers.$get(
          { param: { project, workflow } },
          { init: { signal } },
        ),
      ),
    enabled,
  });
}
