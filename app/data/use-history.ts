'use client';

import { useQuery } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** The newest versions of a workflow, newest first, with what each changed. */
export function useHistory(project: string, workflow: string) {
  return useQuery({
    queryKey: queryKeys.history(project, workflow),
    queryFn: ({ signal }) =>
      answer(
        api.projects[':project'].workflows[':workflow'].history.$get(
          { param: { project, workflow } },
          { init: { signal } },
        ),
      ),
  });
}
