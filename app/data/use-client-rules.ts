'use client';

import { useQuery } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** What people may call of a project through OAuth clients, at most. */
export function useClientRules(project: string) {
  return useQuery({
    queryKey: queryKeys.clientRules(project),
    queryFn: ({ signal }) =>
      answer(api.projects[':project']['client-rules'].$get({ param: { project } }, { init: { signal } })),
  });
}
