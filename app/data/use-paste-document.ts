'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** Adds a text as a document. */
export function usePasteDocument(project: string, base: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (json: { name: string; text: string }) =>
      answer(
        api.projects[':project'].knowledge[':base'].documents.text.$post({ param: { project, base }, json }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: queryKeys.knowledge(project) }),
  });
}
