'use client';

import { useQuery } from '@tanstack/react-query';
import { answerAs, api } from './api.ts';
import { queryKeys } from './query-keys.ts';
import type { Approval } from './types.ts';

/** What somebody was asked to approve, newest first. Asks again every 5 s: runs ask, and others decide, at any time. */
export function useApprovals(project: string, status?: Approval['status']) {
  return useQuery({
    queryKey: [...queryKeys.approvals(project), status ?? 'any'],
    queryFn: ({ signal }) =>
      answerAs<{ items: Approval[] }>(
        api.projects[':project'].approvals.$get(
          { param: { project }, query: status === undefined ? {} : { status } },
          { init: { signal } },
        ),
      ),
    refetchInterval: 5000,
  });
}
