'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';
import type { WorkflowCreate } from './types.ts';

/** Makes a workflow: a start and an end, or the document given. */
export function useCreateWorkflow(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: WorkflowCreate) =>
      answer(api.projects[':project'].workflows.$post({ param: { project }, json: input })),
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: queryKeys.workflows(project) }),
        client.invalidateQueries({ queryKey: queryKeys.projects }),
      ]),
  });
}
