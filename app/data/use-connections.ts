'use client';

import { useQuery } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** Stored credentials of a project, without their secrets; nothing is asked while `project` is null. */
export function useConnections(project: string | null) {
  return useQuery({
    queryKey: queryKeys.connections(project ?? ''),
    queryFn: ({ signal }) =>
      answer(
        api.projects[':project'].connections.$get(
          { param: { project: project ?? '' } },
          { init: { signal } },
        ),
      ),
    enabled: project !== null,
  });
}
