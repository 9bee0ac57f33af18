'use client';

import { useQuery } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** One published version with its document; nothing is asked while `version` is null. */
export function useVersion(project: string, workflow: string, version: number | null) {
  return useQuery({
    queryKey: queryKeys.version(project, workflow, version ?? 0),
    queryFn: ({ signal }) =>
      answer(
        api.projects[':project'].workflows[':workflow'].versions[':version'].$get(
          { param: { project, workflow, version: String(version) } },
          { init: { signal } },
        ),
      ),
    enabled: version !== null,
  });
}
