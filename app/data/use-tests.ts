'use client';

import { useQuery } from '@tanstack/react-query';
import { answerAs, api } from './api.ts';
import { queryKeys } from './query-keys.ts';
import type { WorkflowTest } from './types.ts';

/** Tests of a workflow, by name. */
export function useTests(project: string, workflow: string) {
  return useQuery({
    queryKey: queryKeys.tests(project, workflow),
    queryFn: ({ signal }) =>
      answerAs<{ items: WorkflowTest[] }>(
        api.projects[':project'].workflows[':workflow'].tests.$get(
          { param: { project, workflow } },
          { init: { signal } },
        ),
      ),
  });
}
