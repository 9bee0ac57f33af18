'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, done } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** Forgets a description; its workflows stay. */
export function useForgetApi(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (source: string) =>
      done(api.projects[':project'].openapi[':api'].$delete({ param: { project, api: source } })),
    onSuccess: () => client.invalidateQueries({ queryKey: queryKeys.apis(project) }),
  });
}
