'use client';

import { useQuery } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** Whether the first owner has still to be made. */
export function useSetup() {
  return useQuery({
    queryKey: queryKeys.setup,
    queryFn: ({ signal }) => answer(api.setup.$get({}, { init: { signal } })),
  });
}
