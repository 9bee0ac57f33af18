'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, done } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** Tries a run again that failed for good, by id; it goes on from the step that failed. */
export function useRetryRun(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (run: string) =>
      done(api.projects[':project'].runs[':run'].retry.$post({ param: { project, run } })),
    // Also when it was refused: somebody else may have dealt with it.
    onSettled: (_data, _error, run) =>
      Promise.all([
        client.invalidateQueries({ queryKey: queryKeys.runs(project) }),
        client.invalidateQueries({ queryKey: queryKeys.run(project, run) }),
      ]),
  });
}
