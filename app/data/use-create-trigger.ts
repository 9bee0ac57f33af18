'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answerAs, api } from './api.ts';
import { queryKeys } from './query-keys.ts';
import type { TriggerCreate, TriggerWithSecret } from './types.ts';

/** Makes a schedule or a webhook. The secret of a webhook is in this answer and never again. */
export function useCreateTrigger(project: string, workflow: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: TriggerCreate) =>
      answerAs<TriggerWithSecret>(
        api.projects[':project'].workflows[':workflow'].triggers.$post({
          param: { project, workflow },
          json: input,
        }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: queryKeys.triggers(project, workflow) }),
  });
}
