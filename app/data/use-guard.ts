'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { GuardPatch } from '#lib/workflow/guard-settings.ts';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';

const keyOf = (project: string) => [...queryKeys.project(project), 'guard'];

/** What is looked for in the answers of a project, and what is done about it. */
export function useGuard(project: string) {
  return useQuery({
    queryKey: keyOf(project),
    queryFn: ({ signal }) =>
      answer(api.projects[':project'].guard.$get({ param: { project } }, { init: { signal } })),
  });
}

/** Changes it. */
export function useUpdateGuard(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: GuardPatch) =>
      answer(api.projects[':project'].guard.$patch({ param: { project }, json: change })),
    onSuccess: (guard) => client.setQueryData(keyOf(project), guard),
  });
}
