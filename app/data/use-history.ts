'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** Versions asked for at once. */
const PAGE = 50;

/** The versions of a workflow, newest first, with what each changed; page by page. */
export function useHistory(project: string, workflow: string) {
  return useInfiniteQuery({
    queryKey: queryKeys.history(project, workflow),
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.projects[':project'].workflows[':workflow'].history.$get(
          {
            param: { project, workflow },
            query: { limit: String(PAGE), ...(pageParam !== null && { before: String(pageParam) }) },
          },
          { init: { signal } },
        ),
      ),
    initialPageParam: null as number | null,
    getNextPageParam: ({ items }) => (items.length < PAGE ? null : (items.at(-1)?.version ?? null)),
  });
}
