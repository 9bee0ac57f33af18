'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** Makes the tools search and fetch over knowledge bases, as drafts. */
export function useOfferSearch(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (bases: string[]) =>
      answer(
        api.projects[':project'].knowledge['search-and-fetch'].$post({ param: { project }, json: { bases } }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: queryKeys.workflows(project) }),
  });
}
