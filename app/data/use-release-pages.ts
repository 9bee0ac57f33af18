'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** Releases asked for at once. */
const PAGE = 50;

/** The releases of a project, newest first, page by page. */
export function useReleasePages(project: string) {
  return useInfiniteQuery({
    queryKey: [...queryKeys.releases(project), 'pages'],
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.projects[':project'].releases.$get(
          {
            param: { project },
            query: { limit: String(PAGE), ...(pageParam !== null && { before: String(pageParam) }) },
          },
          { init: { signal } },
        ),
      ),
    initialPageParam: null as number | null,
    getNextPageParam: ({ items }) => (items.length < PAGE ? null : (items.at(-1)?.release ?? null)),
  });
}
