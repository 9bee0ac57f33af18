'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answerAs, api } from './api.ts';
import { queryKeys } from './query-keys.ts';
import type { ApiUpdate, UpdatedApi } from './types.ts';

/** Puts a newer description in the place of one that was imported. */
export function useUpdateApi(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ source, ...json }: ApiUpdate & { source: string }) =>
      answerAs<UpdatedApi>(
        api.projects[':project'].openapi[':api'].update.$post({ param: { project, api: source }, json }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: queryKeys.project(project) }),
  });
}
