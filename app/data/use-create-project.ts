'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';
import type { ProjectCreate } from './types.ts';

/** Makes a project. */
export function useCreateProject() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: ProjectCreate) => answer(api.projects.$post({ json: input })),
    onSuccess: () => Promise.all([client.invalidateQueries({ queryKey: queryKeys.projects })]),
  });
}
