'use client';

import { useQuery } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** Addresses of their own for some of a project's workflows. */
export function useToolsets(project: string) {
  return useQuery({
    queryKey: queryKeys.toolsets(project),
    queryFn: ({ signal }) =>
      answer(api.projects[':project'].toolsets.$get({ param: { project } }, { init: { signal } })),
  });
}
