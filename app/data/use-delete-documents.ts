'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, done } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** Deletes documents of a knowledge base, by id. */
export function useDeleteDocuments(project: string, base: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (documents: readonly string[]) => {
      for (const document of documents) {
        await done(
          api.projects[':project'].knowledge[':base'].documents[':document'].$delete({
            param: { project, base, document },
          }),
        );
      }
    },
    onSettled: () => client.invalidateQueries({ queryKey: queryKeys.knowledge(project) }),
  });
}
