'use client';

import { useQuery } from '@tanstack/react-query';
import { answerAs, api } from './api.ts';
import { queryKeys } from './query-keys.ts';
import type { Template } from './types.ts';

/** Templates: those shared in the organization (of the project, where one is named), then those that come with Patchbay. */
export function useTemplates(project?: string) {
  return useQuery({
    queryKey: [...queryKeys.templates, project ?? null],
    queryFn: ({ signal }) =>
      answerAs<{ items: Template[] }>(
        project === undefined
          ? api.templates.$get({}, { init: { signal } })
          : api.projects[':project'].templates.$get({ param: { project } }, { init: { signal } }),
      ),
    staleTime: 60_000,
  });
}
