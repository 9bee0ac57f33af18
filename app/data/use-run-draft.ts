'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { JsonObject } from '#lib/workflow/json.ts';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** Runs the saved draft of a workflow. */
export function useRunDraft(project: string, workflow: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: JsonObject) =>
      answer(
        api.projects[':project'].workflows[':workflow'].runs.$post({
          param: { project, workflow },
          json: { input },
        }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: queryKeys.runs(project) }),
  });
}
