'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, done } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** Takes a run that failed for good off the list of those, by id. */
export function useDismissRun(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (run: string) =>
      done(api.projects[':project'].runs[':run'].dismiss.$post({ param: { project, run } })),
    // Also when it was refused: somebody else may have dealt with it.
    onSettled: (_data, _error, run) =>
      Promise.all([
        client.invalidateQueries({ queryKey: queryKeys.runs(project) }),
        client.invalidateQueries({ queryKey: queryKeys.run(project, run) }),
      ]),
  });
}
