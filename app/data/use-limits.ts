'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { LimitsPatch } from '#lib/workflow/limits.ts';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';

const keyOf = (project: string) => [...queryKeys.project(project), 'limits'];

/** How much a project may be called, how much it is, by whom, and which limits were hit. */
export function useLimits(project: string) {
  return useQuery({
    queryKey: keyOf(project),
    queryFn: ({ signal }) =>
      answer(api.projects[':project'].limits.$get({ param: { project } }, { init: { signal } })),
    refetchInterval: 10_000,
  });
}

/** Changes how much a project may be called. */
export function useUpdateLimits(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: LimitsPatch) =>
      answer(api.projects[':project'].limits.$patch({ param: { project }, json: change })),
    onSuccess: (limits) => client.setQueryData(keyOf(project), limits),
  });
}
