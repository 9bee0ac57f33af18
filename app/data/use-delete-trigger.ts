'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, done } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** Deletes a trigger, by id. */
export function useDeleteTrigger(project: string, workflow: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (trigger: string) =>
      done(
        api.projects[':project'].workflows[':workflow'].triggers[':trigger'].$delete({
          param: { project, workflow, trigger },
        }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: queryKeys.triggers(project, workflow) }),
  });
}
