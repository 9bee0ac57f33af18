'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answerAs, api } from './api.ts';
import { queryKeys } from './query-keys.ts';
import type { TestCreate, WorkflowTest } from './types.ts';

/** Keeps a run as a test of its workflow. */
export function useCreateTest(project: string, workflow: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: TestCreate) =>
      answerAs<WorkflowTest>(
        api.projects[':project'].workflows[':workflow'].tests.$post({
          param: { project, workflow },
          json: input,
        }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: queryKeys.tests(project, workflow) }),
  });
}
