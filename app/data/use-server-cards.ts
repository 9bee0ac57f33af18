'use client';

import { useQuery } from '@tanstack/react-query';
import type { JsonObject } from '#lib/workflow/json.ts';
import { answerAs, api } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** The documents by which others find the project: its server card, and its server.json. */
export function useServerCards(project: string) {
  return useQuery({
    queryKey: queryKeys.serverCards(project),
    queryFn: ({ signal }) =>
      answerAs<{ card: JsonObject; registry: JsonObject }>(
        api.projects[':project']['server-card'].$get({ param: { project } }, { init: { signal } }),
      ),
  });
}
