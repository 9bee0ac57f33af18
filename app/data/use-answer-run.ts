'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { JsonValue } from '#lib/workflow/json.ts';
import { api, done } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** Answers one question of a run that waits; it then goes on by itself. */
export function useAnswerRun(project: string, run: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ key, answer }: { key: string; answer: JsonValue }) =>
      done(
        api.projects[':project'].runs[':run'].answers.$post({
          param: { project, run },
          json: { answers: { [key]: answer } },
        }),
      ),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: queryKeys.run(project, run) }),
        client.invalidateQueries({ queryKey: queryKeys.runs(project) }),
        client.invalidateQueries({ queryKey: queryKeys.approvals(project) }),
      ]),
  });
}
