'use client';

import { useQuery } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** The workflows of a project, by name; nothing is asked while `project` is null. */
export function useWorkflows(project: string | null) {
  return useQuery({
    queryKey: queryKeys.workflows(project ?? ''),
    queryFn: ({ signal }) =>
      answer(
        api.projects[':project'].workflows.$get({ param: { project: project ?? '' } }, { init: { signal } }),
      ),
    enabled: project !== null,
  });
}
