'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { answer, api } from './api.ts';

const KEY = ['audit-check'];

/** When the chain of the log was last looked through; nothing is asked unless `enabled`. */
export function useAuditCheck(enabled: boolean) {
  return useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => answer(api.audit.check.$get({}, { init: { signal } })),
    enabled,
  });
}

/** Looks through it now. */
export function useCheckAudit() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => answer(api.audit.check.$post()),
    onSuccess: (check) => client.setQueryData(KEY, { check }),
  });
}
