'use client';

import { useQuery } from '@tanstack/react-query';
import type { JsonObject } from '#lib/workflow/json.ts';
import { answerAs, api } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** The documents by which others find the project or a toolset of it: its server card, and its server.json. */
export function useServerCards(project: string, toolset: string | null) {
  return useQuery({
    queryKey: queryKeys.serverCards(project, toolset),
    queryFn: ({ signal }) =>
      answerAs<{ card: JsonObject; registry: JsonObject }>(
        api.projects[':project']['server-card'].$get(
          { param: { project }, query: toolset === null ? {} : { toolset } },
          { init: { signal } },
        ),
      ),
  });
}
