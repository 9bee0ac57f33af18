'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** What the look-up step would find for a text; nothing is asked while the text is empty. */
export function useKnowledgeSearch(project: string, base: string, text: string, topK = 5) {
  return useQuery({
    queryKey: queryKeys.search(project, base, text, topK),
    queryFn: ({ signal }) =>
      answer(
        api.projects[':project'].knowledge[':base'].search.$get(
          { param: { project, base }, query: { q: text, topK: String(topK) } },
          { init: { signal } },
        ),
      ),
    enabled: text.trim() !== '',
    placeholderData: keepPreviousData,
  });
}
