'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** Gives a project another address. What was known of it under the old one is forgotten. */
export function useMoveProject() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ from, to }: { from: string; to: string }) =>
      answer(api.projects[':project'].$patch({ param: { project: from }, json: { slug: to } })),
    onSuccess: (project, { from, to }) => {
      client.setQueryData(queryKeys.project(to), project);
      void client.cancelQueries({ queryKey: queryKeys.project(from) });
      return client.invalidateQueries({ queryKey: queryKeys.projects });
    },
  });
}
