'use client';

import { useQuery } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';

const READING_MS = 2000;

/** Knowledge bases of a project; nothing is asked while `project` is null. */
export function useKnowledgeBases(project: string | null) {
  return useQuery({
    queryKey: queryKeys.knowledge(project ?? ''),
    queryFn: ({ signal }) =>
      answer(
        api.projects[':project'].knowledge.$get({ param: { project: project ?? '' } }, { init: { signal } }),
      ),
    enabled: project !== null,
    refetchInterval: ({ state }) =>
      state.data?.items.some(({ pendingCount }) => pendingCount > 0) ? READING_MS : false,
  });
}
