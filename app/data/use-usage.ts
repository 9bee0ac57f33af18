'use client';

import { useQuery } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** How much a project has of everything, and how much it may. */
export function useUsage(project: string) {
  return useQuery({
    queryKey: [...queryKeys.project(project), 'usage'],
    queryFn: ({ signal }) =>
      answer(api.projects[':project'].usage.$get({ param: { project } }, { init: { signal } })),
  });
}
