'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { AuditCalls } from '#lib/workflow/audit-calls.ts';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';

const keyOf = (project: string) => [...queryKeys.project(project), 'audited-calls'];

/** Which calls of a project are put into the audit log. */
export function useAuditedCalls(project: string) {
  return useQuery({
    queryKey: keyOf(project),
    queryFn: ({ signal }) =>
      answer(api.projects[':project']['audited-calls'].$get({ param: { project } }, { init: { signal } })),
  });
}

/** Changes it. */
export function useUpdateAuditedCalls(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (calls: AuditCalls) =>
      answer(api.projects[':project']['audited-calls'].$put({ param: { project }, json: { calls } })),
    onSuccess: (audited) => client.setQueryData(keyOf(project), audited),
  });
}
