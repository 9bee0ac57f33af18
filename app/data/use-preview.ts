'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** Sizes to look at. */
export interface PreviewOf {
  documentId: string;
  chunkSize: number;
  chunkOverlap: number;
}

/** The passages that other sizes would give; nothing is asked for null. */
export function usePreview(project: string, base: string, preview: PreviewOf | null) {
  return useQuery({
    queryKey: [...queryKeys.base(project, base), 'preview', preview],
    queryFn: ({ signal }) =>
      answer(
        api.projects[':project'].knowledge[':base'].preview.$post(
          { param: { project, base }, json: preview ?? { documentId: '', chunkSize: 0, chunkOverlap: 0 } },
          { init: { signal } },
        ),
      ),
    enabled: preview !== null,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    retry: false,
  });
}
