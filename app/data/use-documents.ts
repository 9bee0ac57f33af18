'use client';

import { useQuery } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** Documents of a knowledge base. Asks again while one is being read. */
export function useDocuments(project: string, base: string) {
  return useQuery({
    queryKey: queryKeys.documents(project, base),
    queryFn: ({ signal }) =>
      answer(
        api.projects[':project'].knowledge[':base'].documents.$get(
          { param: { project, base } },
          { init: { signal } },
        ),
      ),

    refetchInterval: ({ state }) =>
      state.data?.items.some(({ status }) => status === 'pending') ? 1500 : false,
  });
}
