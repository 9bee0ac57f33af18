'use client';

import { useQuery } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** One knowledge base. */
export function useKnowledgeBase(project: string, base: string) {
  return useQuery({
    queryKey: queryKeys.base(project, base),
    queryFn: ({ signal }) =>
      answer(
        api.projects[':project'].knowledge[':base'].$get({ param: { project, base } }, { init: { signal } }),
      ),
  });
}
