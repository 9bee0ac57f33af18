'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';

export interface KnowledgeSearch {
  q: string;
  topK: number;
  mode: 'auto' | 'text' | 'vectors' | 'hybrid';
  minScore: number;
}

/** What the look-up step would find, with what stands around it; nothing is asked while the text is empty. */
export function useKnowledgeSearch(project: string, base: string, search: KnowledgeSearch) {
  const { q, topK, mode, minScore } = search;
  return useQuery({
    queryKey: queryKeys.search(project, base, search),
    queryFn: ({ signal }) =>
      answer(
        api.projects[':project'].knowledge[':base'].search.$get(
          {
            param: { project, base },
            query: {
              q,
              topK: String(topK),
              mode,
              neighbours: 'true',
              ...(minScore > 0 && { minScore: String(minScore) }),
            },
          },
          { init: { signal } },
        ),
      ),
    enabled: q.trim() !== '',
    placeholderData: keepPreviousData,
  });
}
