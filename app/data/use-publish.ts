'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';
import type { PublishInput } from './types.ts';

/** Freezes the draft as a version and serves it. Its error has `details.problems` when something blocks it. */
export function usePublish(project: string, workflow: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: PublishInput) =>
      answer(
        api.projects[':project'].workflows[':workflow'].publish.$post({
          param: { project, workflow },
          json: input,
        }),
      ),
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: queryKeys.project(project) }),
        client.invalidateQueries({ queryKey: queryKeys.projects }),
      ]),
  });
}
