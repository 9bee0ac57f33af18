'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, done } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** Deletes a toolset, by id. */
export function useDeleteToolset(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (toolset: string) =>
      done(api.projects[':project'].toolsets[':toolset'].$delete({ param: { project, toolset } })),
    onSuccess: () => client.invalidateQueries({ queryKey: queryKeys.toolsets(project) }),
  });
}
