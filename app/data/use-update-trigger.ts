'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answerAs, api } from './api.ts';
import { queryKeys } from './query-keys.ts';
import type { TriggerUpdate, TriggerWithSecret } from './types.ts';

/** Changes a trigger, switches it on or off, or makes a new secret, which is in this answer and never again. */
export function useUpdateTrigger(project: string, workflow: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ trigger, ...change }: TriggerUpdate & { trigger: string }) =>
      answerAs<TriggerWithSecret>(
        api.projects[':project'].workflows[':workflow'].triggers[':trigger'].$patch({
          param: { project, workflow, trigger },
          json: change,
        }),
      ),
    onSettled: () => client.invalidateQueries({ queryKey: queryKeys.triggers(project, workflow) }),
  });
}
