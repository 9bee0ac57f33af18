'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** Serves an earlier version again. */
export function useRollback(project: string, workflow: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (version: number) =>
      answer(
        api.projects[':project'].workflows[':workflow'].rollback.$post({
          param: { project, workflow },
          json: { version },
        }),
      ),
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: queryKeys.project(project) }),
        client.invalidateQueries({ queryKey: queryKeys.projects }),
      ]),
  });
}
