'use client';
import { useQuery } from '@tanstack/react-query';
import { queryKeys } from '#app/data/query-keys.ts';
import { readWorkflow } from './server.ts';

/**
 * The workflow as it is at this moment. Never out of the cache: drawing on top of an older revision would end in a
 * conflict with oneself.
 */
export function useOpenedWorkflow(project: string, workflow: string) {
  return useQuery({
    queryKey: [...queryKeys.workflow(project, workflow), 'opened'],
    queryFn: () => readWorkflow(project, workflow),
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
}
