'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** Puts the workflows of a template into a project, as drafts. */
export function useAddTemplate() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ project, template }: { project: string; template: string }) =>
      answer(api.projects[':project'].templates.$post({ param: { project }, json: { template } })),
    onSuccess: (_, { project }) =>
      Promise.all([
        client.invalidateQueries({ queryKey: queryKeys.project(project) }),
        client.invalidateQueries({ queryKey: queryKeys.projects }),
      ]),
  });
}
