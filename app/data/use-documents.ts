'use client';

import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import type { DocumentFilter } from '#app/knowledge/document-filter.ts';
import { answerAs, api } from './api.ts';
import { queryKeys } from './query-keys.ts';
import type { KnowledgeDocumentList } from './types.ts';

/** Rows of a page. */
const PAGE = '100';
/** While something is read the list is asked for again so often, in ms. */
const LOOK_MS = 1500;

/** Documents of a knowledge base, page by page. Asks again while one is being read. */
export function useDocuments(project: string, base: string, filter: DocumentFilter = {}) {
  return useInfiniteQuery({
    queryKey: [...queryKeys.documents(project, base), filter],
    queryFn: ({ pageParam, signal }) =>
      answerAs<KnowledgeDocumentList>(
        api.projects[':project'].knowledge[':base'].documents.$get(
          {
            param: { project, base },
            query: { ...filter, limit: PAGE, ...(pageParam && { cursor: pageParam }) },
          },
          { init: { signal } },
        ),
      ),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => ((state.data?.pages[0]?.counts.pending ?? 0) > 0 ? LOOK_MS : false),
  });
}
