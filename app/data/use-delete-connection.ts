'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, done } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** Deletes a connection, by id. */
export function useDeleteConnection(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (connection: string) =>
      done(api.projects[':project'].connections[':connection'].$delete({ param: { project, connection } })),
    onSuccess: () => Promise.all([client.invalidateQueries({ queryKey: queryKeys.connections(project) })]),
  });
}
