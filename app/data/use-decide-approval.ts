'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answerAs, api } from './api.ts';
import { queryKeys } from './query-keys.ts';
import type { Approval } from './types.ts';

/** Approves or refuses. Its error has `status` 409 when somebody was first, 410 when it is too late. */
export function useDecideApproval(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ approval, ...decision }: { approval: string; approved: boolean; comment?: string }) =>
      answerAs<Approval>(
        api.projects[':project'].approvals[':approval'].decision.$post({
          param: { project, approval },
          json: decision,
        }),
      ),
    // Also when it was refused: then the list is not what it was.
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: queryKeys.approvals(project) }),
        client.invalidateQueries({ queryKey: queryKeys.runs(project) }),
      ]),
  });
}
