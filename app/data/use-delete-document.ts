'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, done } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** Deletes a document of a knowledge base, by id. */
export function useDeleteDocument(project: string, base: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (document: string) =>
      done(
        api.projects[':project'].knowledge[':base'].documents[':document'].$delete({
          param: { project, base, document },
        }),
      ),
    onSuccess: () => Promise.all([client.invalidateQueries({ queryKey: queryKeys.knowledge(project) })]),
  });
}
