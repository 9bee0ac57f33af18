'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';
import type { KeyCreate } from './types.ts';

/** Makes an API key. Its secret is in this answer and never again. */
export function useCreateKey(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: KeyCreate) =>
      answer(api.projects[':project'].keys.$post({ param: { project }, json: input })),
    onSuccess: () => Promise.all([client.invalidateQueries({ queryKey: queryKeys.keys(project) })]),
  });
}
