'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { CeilingPatch } from '#lib/workflow/limits.ts';
import { answer, api } from './api.ts';

const KEY = ['organization-limits'];

/** How much all projects of the organization may be called together, and how much they are. */
export function useCeiling() {
  return useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => answer(api.organization.limits.$get({}, { init: { signal } })),
    refetchInterval: 10_000,
  });
}

/** Changes how much all projects may be called together. */
export function useUpdateCeiling() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: CeilingPatch) => answer(api.organization.limits.$patch({ json: change })),
    onSuccess: (ceiling) => client.setQueryData(KEY, ceiling),
  });
}
