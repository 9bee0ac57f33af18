'use client';

import { useQuery } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** Version, database and sandbox of this server. */
export function useSystem() {
  return useQuery({
    queryKey: queryKeys.system,
    queryFn: ({ signal }) => answer(api.system.$get({}, { init: { signal } })),

    staleTime: 60_000,
  });
}
