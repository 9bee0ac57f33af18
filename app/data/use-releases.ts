'use client';

import { useQuery } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** The latest fifty releases of a project, newest first. */
export function useReleases(project: string) {
  return useQuery({
    queryKey: queryKeys.releases(project),
    queryFn: ({ signal }) =>
      answer(api.projects[':project'].releases.$get({ param: { project }, query: {} }, { init: { signal } })),
  });
}
