'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { JsonObject } from '#lib/workflow/json.ts';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';

export interface KnowledgeSearch {
  q: string;
  topK: number;
  mode: 'auto' | 'text' | 'vectors' | 'hybrid';
  minScore: number;
  /** Values that the metadata of documents must have. */
  filter: JsonObject;
}

/** What the look-up step would find, with what stands around it; nothing is asked while the text is empty. */
export function useKnowledgeSearch(project: string, base: string, search: KnowledgeSearch) {
  const { q, topK, mode, minScore, filter } = search;
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
              ...(Object.keys(filter).length > 0 && { filter: JSON.stringify(filter) }),
            },
          },
          { init: { signal } },
        ),
      ),
    enabled: q.trim() !== '',
    placeholderData: keepPreviousData,
  });
}
