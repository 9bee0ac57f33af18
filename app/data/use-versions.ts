'use client';

import { useQuery } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** Published versions of a workflow, newest first. */
export function useVersions(project: string, workflow: string) {
  return useQuery({
    queryKey: queryKeys.versions(project, workflow),
    queryFn: ({ signal }) =>
      answer(
        api.projects[':project'].workflows[':workflow'].versions.$get(
          { param: { project, workflow } },
          { init: { signal } },
        ),
      ),
  });
}
