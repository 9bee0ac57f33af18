'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';
import type { KnowledgeBasePatch } from './types.ts';

/** Changes a knowledge base. */
export function useUpdateBase(project: string, base: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (json: KnowledgeBasePatch) =>
      answer(api.projects[':project'].knowledge[':base'].$patch({ param: { project, base }, json })),
    onSuccess: () => client.invalidateQueries({ queryKey: queryKeys.knowledge(project) }),
  });
}
