'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** Offers the documents of a knowledge base as resources, or no longer. */
export function useOfferBase(project: string, base: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (offered: boolean) =>
      answer(
        api.projects[':project'].knowledge[':base'].$patch({ param: { project, base }, json: { offered } }),
      ),
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: queryKeys.base(project, base) }),
        client.invalidateQueries({ queryKey: queryKeys.knowledge(project) }),
      ]),
  });
}
