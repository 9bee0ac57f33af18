'use client';

import { useQuery } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** One workflow with its draft. */
export function useWorkflow(project: string, workflow: string) {
  return useQuery({
    queryKey: queryKeys.workflow(project, workflow),
    queryFn: ({ signal }) =>
      answer(
        api.projects[':project'].workflows[':workflow'].$get(
          { param: { project, workflow } },
          { init: { signal } },
        ),
      ),
  });
}
