'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, done } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** Revokes an API key, by id. */
export function useDeleteKey(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (key: string) =>
      done(api.projects[':project'].keys[':key'].$delete({ param: { project, key } })),
    onSuccess: () => Promise.all([client.invalidateQueries({ queryKey: queryKeys.keys(project) })]),
  });
}
