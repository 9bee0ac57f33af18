'use client';

import { useQuery } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** API keys of a project, without their secrets. */
export function useKeys(project: string) {
  return useQuery({
    queryKey: queryKeys.keys(project),
    queryFn: ({ signal }) =>
      answer(api.projects[':project'].keys.$get({ param: { project } }, { init: { signal } })),
  });
}
