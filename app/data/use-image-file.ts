'use client';

import { useQuery } from '@tanstack/react-query';
import { rasterType } from '#app/form/raster-image.ts';
import { api } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** The image that a file holds, as its bytes say; null when it is none, or cannot be read. */
export function useImageFile(project: string, file: string) {
  return useQuery({
    queryKey: queryKeys.file(project, file),
    queryFn: async ({ signal }): Promise<Blob | null> => {
      const response = await api.projects[':project'].files[':file'].$get(
        { param: { project, file }, query: {} },
        { init: { signal } },
      );
      if (!response.ok) return null;
      const bytes = new Uint8Array(await response.arrayBuffer());
      const type = rasterType(bytes);
      return type === null ? null : new Blob([bytes], { type });
    },
    // What lies under a key never changes.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
  });
}
