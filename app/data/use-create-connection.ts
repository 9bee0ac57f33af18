'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';
import type { ConnectionCreate } from './types.ts';

/** Stores credentials for an outside service. */
export function useCreateConnection(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: ConnectionCreate) =>
      answer(api.projects[':project'].connections.$post({ param: { project }, json: input })),
    onSuccess: () => Promise.all([client.invalidateQueries({ queryKey: queryKeys.connections(project) })]),
  });
}
