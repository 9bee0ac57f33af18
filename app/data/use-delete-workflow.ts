'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, done } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** Deletes a workflow, by id. Its tool is gone with the next release. */
export function useDeleteWorkflow(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (workflow: string) =>
      done(api.projects[':project'].workflows[':workflow'].$delete({ param: { project, workflow } })),
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: queryKeys.project(project) }),
        client.invalidateQueries({ queryKey: queryKeys.projects }),
      ]),
  });
}
