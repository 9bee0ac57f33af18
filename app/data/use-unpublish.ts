'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** Serves no version of the workflow any more. */
export function useUnpublish(project: string, workflow: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () =>
      answer(
        api.projects[':project'].workflows[':workflow'].unpublish.$post({ param: { project, workflow } }),
      ),
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: queryKeys.project(project) }),
        client.invalidateQueries({ queryKey: queryKeys.projects }),
      ]),
  });
}
