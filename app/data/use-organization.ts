'use client';

import { useQuery } from '@tanstack/react-query';
import { answer, api } from './api.ts';

/** The organization and its members. */
export function useOrganization() {
  return useQuery({
    queryKey: ['organization'],
    queryFn: ({ signal }) => answer(api.organization.$get({}, { init: { signal } })),
  });
}
