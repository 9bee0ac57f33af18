'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** Has a document read again, by id. */
export function useRetryDocument(project: string, base: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (document: string) =>
      answer(
        api.projects[':project'].knowledge[':base'].documents[':document'].retry.$post({
          param: { project, base, document },
        }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: queryKeys.knowledge(project) }),
  });
}

/** Has all documents read again that could not be read. */
export function useRetryFailed(project: string, base: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () =>
      answer(api.projects[':project'].knowledge[':base'].documents.retry.$post({ param: { project, base } })),
    onSuccess: () => client.invalidateQueries({ queryKey: queryKeys.knowledge(project) }),
  });
}
