'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';
import type { ClientRuleSet } from './types.ts';

/** Makes the rule for a client, or puts it in place of the one there was. */
export function useSetClientRule(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (rule: ClientRuleSet) =>
      answer(api.projects[':project']['client-rules'].$put({ param: { project }, json: rule })),
    onSuccess: () => client.invalidateQueries({ queryKey: queryKeys.clientRules(project) }),
  });
}
