'use client';

import { useQuery } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** Published versions of a workflow, newest first; nothing is asked while there is none of the two. */
export function useVersions(project: string | null, workflow: string | null) {
  return useQuery({
    queryKey: queryKeys.versions(project ?? '', workflow ?? ''),
    queryFn: ({ signal }) =>
      answer(
        api.projects[':project'].workflows[':workflow'].versions.$get(
          { param: { project: project ?? '', workflow: workflow ?? '' } },
          { init: { signal } },
        ),
      ),
    enabled: project !== null && workflow !== null,
  });
}
