'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, done } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** Asks a running run to stop. */
export function useCancelRun(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (run: string) =>
      done(api.projects[':project'].runs[':run'].cancel.$post({ param: { project, run } })),
    onSuccess: () => Promise.all([client.invalidateQueries({ queryKey: queryKeys.runs(project) })]),
  });
}
