'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, done } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** Deletes a project with all that is in it. */
export function useDeleteProject(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => done(api.projects[':project'].$delete({ param: { project } })),
    onSuccess: () => Promise.all([client.invalidateQueries({ queryKey: queryKeys.projects })]),
  });
}
