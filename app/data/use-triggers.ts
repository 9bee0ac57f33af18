'use client';

import { useQuery } from '@tanstack/react-query';
import { answerAs, api } from './api.ts';
import { queryKeys } from './query-keys.ts';
import type { Trigger } from './types.ts';

/** Schedules and webhooks of a workflow. Asks again every 10 s: they start runs at any time. */
export function useTriggers(project: string, workflow: string) {
  return useQuery({
    queryKey: queryKeys.triggers(project, workflow),
    queryFn: ({ signal }) =>
      answerAs<{ items: Trigger[] }>(
        api.projects[':project'].workflows[':workflow'].triggers.$get(
          { param: { project, workflow } },
          { init: { signal } },
        ),
      ),
    refetchInterval: 10_000,
  });
}
