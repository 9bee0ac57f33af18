'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, done } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** Removes the rule for a client, by id. */
export function useRemoveClientRule(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (rule: string) =>
      done(api.projects[':project']['client-rules'][':rule'].$delete({ param: { project, rule } })),
    onSuccess: () => client.invalidateQueries({ queryKey: queryKeys.clientRules(project) }),
  });
}
