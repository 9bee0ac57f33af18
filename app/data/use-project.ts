'use client';

import { useQuery } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** One project, by slug. */
export function useProject(project: string) {
  return useQuery({
    queryKey: queryKeys.project(project),
    queryFn: ({ signal }) =>
      answer(api.projects[':project'].$get({ param: { project } }, { init: { signal } })),
  });
}
