'use client';

import { useQuery } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** Which workflows use each connection and each environment value. */
export function useMentions(project: string) {
  return useQuery({
    queryKey: [...queryKeys.project(project), 'mentions'],
    queryFn: ({ signal }) =>
      answer(api.projects[':project'].mentions.$get({ param: { project } }, { init: { signal } })),
  });
}
