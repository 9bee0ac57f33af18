'use client';

import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';
import type { RunSummary } from './types.ts';
import { type RunFilter, runQuery } from './use-runs.ts';

/** Rows of a page. */
const PAGE = '50';
/** As many new runs are counted; beyond that there are more. */
export const MOST_NEWS = 100;

interface Page {
  items: RunSummary[];
  nextCursor: string | null;
}

/**
 * Runs of a project, page by page. The list stands still: what is on it is kept up to date, and runs that are new are
 * told in `news` until `showNews` puts them on it.
 */
export function useRunList(project: string, filter: RunFilter) {
  const client = useQueryClient();
  const queryKey = [...queryKeys.runs(project), 'list', filter];
  const read = (query: { cursor?: string; limit: string }, signal: AbortSignal): Promise<Page> =>
    answer(
      api.projects[':project'].runs.$get(
        { param: { project }, query: { ...runQuery(filter), ...query } },
        { init: { signal } },
      ),
    );
  const list = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) =>
      read({ ...(pageParam && { cursor: pageParam }), limit: PAGE }, signal),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchOnWindowFocus: false,
    placeholderData: keepPreviousData,
  });
  const latest = useQuery({
    queryKey: [...queryKeys.runs(project), 'latest', filter],
    queryFn: ({ signal }) => read({ limit: String(MOST_NEWS) }, signal),
    refetchInterval: 5000,
  });

  const listed = list.data?.pages.flatMap((page) => page.items) ?? [];
  const latestById = new Map(latest.data?.items.map((run) => [run.id, run]));
  const known = new Set(listed.map(({ id }) => id));
  const since = listed[0]?.startedAt ?? '';
  // Sorted otherwise, a run that is on no page yet need not be a new one.
  const inOrder = filter.sort === undefined || filter.sort === 'newest';
  const news = inOrder
    ? (latest.data?.items ?? []).filter(({ id, startedAt }) => !known.has(id) && startedAt >= since).length
    : 0;

  return {
    list,
    runs: listed.map((run) => latestById.get(run.id) ?? run),
    /** How many are new; `MOST_NEWS` stands for that many or more. */
    news: list.data && !list.isPlaceholderData ? news : 0,
    showNews: async (): Promise<void> => {
      client.setQueryData<typeof list.data>(
        queryKey,
        (data) => data && { pages: data.pages.slice(0, 1), pageParams: data.pageParams.slice(0, 1) },
      );
      await list.refetch();
    },
  };
}
