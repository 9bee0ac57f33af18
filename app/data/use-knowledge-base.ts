'use client';

import { useQuery } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** How often it is asked for again while documents are read, and else: sources and workflows add some at any time. */
const READING_MS = 1500;
const IDLE_MS = 5000;

/** One knowledge base. */
export function useKnowledgeBase(project: string, base: string) {
  return useQuery({
    queryKey: queryKeys.base(project, base),
    queryFn: ({ signal }) =>
      answer(
        api.projects[':project'].knowledge[':base'].$get({ param: { project, base } }, { init: { signal } }),
      ),
    refetchInterval: ({ state }) => ((state.data?.pendingCount ?? 0) > 0 ? READING_MS : IDLE_MS),
  });
}
