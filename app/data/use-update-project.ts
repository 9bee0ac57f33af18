'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';
import type { ProjectUpdate } from './types.ts';

/** Changes name, address, instructions, access or environment values of a project. */
export function useUpdateProject(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: ProjectUpdate) =>
      answer(api.projects[':project'].$patch({ param: { project }, json: change })),
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: queryKeys.projects }),
        client.invalidateQueries({ queryKey: queryKeys.project(project) }),
      ]),
  });
}
