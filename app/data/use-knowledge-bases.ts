'use client';

import { useQuery } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** Knowledge bases of a project. */
export function useKnowledgeBases(project: string) {
  return useQuery({
    queryKey: queryKeys.knowledge(project),
    queryFn: ({ signal }) =>
      answer(api.projects[':project'].knowledge.$get({ param: { project } }, { init: { signal } })),
  });
}
