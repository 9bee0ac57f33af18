'use client';

import { useQuery } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** The APIs that workflows of a project were made of. */
export function useApis(project: string) {
  return useQuery({
    queryKey: queryKeys.apis(project),
    queryFn: ({ signal }) =>
      answer(api.projects[':project'].openapi.$get({ param: { project } }, { init: { signal } })),
  });
}
