'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';
import type { ConnectionUpdate } from './types.ts';

/** Changes name, hosts or secret of a connection. */
export function useUpdateConnection(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ connection, ...change }: ConnectionUpdate & { connection: string }) =>
      answer(
        api.projects[':project'].connections[':connection'].$patch({
          param: { project, connection },
          json: change,
        }),
      ),
    onSuccess: () => Promise.all([client.invalidateQueries({ queryKey: queryKeys.connections(project) })]),
  });
}
