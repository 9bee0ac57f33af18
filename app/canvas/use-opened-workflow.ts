'use client';
import { useQuery } from '@tanstack/react-query';
import { queryKeys } from '#app/data/query-keys.ts';
import { readPins, readWorkflow } from './server.ts';

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

/** The pinned values of a workflow's steps as they are at this moment. */
export function useOpenedPins(project: string, workflow: string) {
  return useQuery({
    queryKey: [...queryKeys.workflow(project, workflow), 'opened-pins'],
    queryFn: () => readPins(project, workflow),
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
}
