'use client';

import { useQuery } from '@tanstack/react-query';
import { answerAs, api } from './api.ts';
import { queryKeys } from './query-keys.ts';
import type { Template } from './types.ts';

/** The templates that come with Patchbay, by title. They change with the next version only. */
export function useTemplates() {
  return useQuery({
    queryKey: queryKeys.templates,
    queryFn: ({ signal }) => answerAs<{ items: Template[] }>(api.templates.$get({}, { init: { signal } })),
    staleTime: Number.POSITIVE_INFINITY,
  });
}
