'use client';

import { useQuery } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** Programs that called the project’s address. Asks again every 2 s while the page is seen: somebody who connects one looks on. */
export function useClients(project: string) {
  return useQuery({
    queryKey: queryKeys.clients(project),
    queryFn: ({ signal }) =>
      answer(api.projects[':project'].clients.$get({ param: { project } }, { init: { signal } })),
    refetchInterval: 2000,
  });
}
