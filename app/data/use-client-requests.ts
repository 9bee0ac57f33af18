'use client';

import { useQuery } from '@tanstack/react-query';
import { answerAs, api } from './api.ts';
import { queryKeys } from './query-keys.ts';
import type { ClientRequest } from './types.ts';

/** The last requests of a client, newest first. Asks again every 3 s. */
export function useClientRequests(project: string, client: string) {
  return useQuery({
    queryKey: queryKeys.clientRequests(project, client),
    queryFn: ({ signal }) =>
      answerAs<{ items: ClientRequest[] }>(
        api.projects[':project'].clients[':client'].requests.$get(
          { param: { project, client } },
          { init: { signal } },
        ),
      ),
    refetchInterval: 3000,
  });
}
