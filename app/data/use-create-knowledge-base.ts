'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';
import type { KnowledgeBaseCreate } from './types.ts';

/** Makes an empty knowledge base. */
export function useCreateKnowledgeBase(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (json: KnowledgeBaseCreate) =>
      answer(api.projects[':project'].knowledge.$post({ param: { project }, json })),
    onSuccess: () => Promise.all([client.invalidateQueries({ queryKey: queryKeys.knowledge(project) })]),
  });
}
