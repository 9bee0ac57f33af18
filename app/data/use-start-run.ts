'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';
import type { RunStart } from './types.ts';

/** Starts a run of the draft, saved or as given. The run goes on without the caller. */
export function useStartRun(project: string, workflow: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: RunStart) =>
      answer(
        api.projects[':project'].workflows[':workflow'].runs.$post({
          param: { project, workflow },
          json: input,
        }),
      ),
    onSuccess: () => Promise.all([client.invalidateQueries({ queryKey: queryKeys.runs(project) })]),
  });
}
