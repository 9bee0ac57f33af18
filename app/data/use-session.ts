'use client';

import { useQuery } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** Who is signed in. Its error has `status` 401 when nobody is. */
export function useSession() {
  return useQuery({
    queryKey: queryKeys.session,
    queryFn: ({ signal }) => answer(api.session.$get({}, { init: { signal } })),

    staleTime: 60_000,
  });
}
