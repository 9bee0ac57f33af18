'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, done } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** Deletes a knowledge base with its documents, by id. */
export function useDeleteKnowledgeBase(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (base: string) =>
      done(api.projects[':project'].knowledge[':base'].$delete({ param: { project, base } })),
    onSuccess: () => Promise.all([client.invalidateQueries({ queryKey: queryKeys.knowledge(project) })]),
  });
}
