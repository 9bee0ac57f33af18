'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { JsonObject } from '#lib/workflow/json.ts';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** Runs the published version of a workflow in the background. */
export function useStartJob(project: string, workflow: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: JsonObject) =>
      answer(
        api.projects[':project'].workflows[':workflow'].jobs.$post({
          param: { project, workflow },
          header: {},
          json: { input },
        }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: queryKeys.runs(project) }),
  });
}
