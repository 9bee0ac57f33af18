'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** Serves again what a release of the project served. */
export function useRestoreRelease(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (release: number) =>
      answer(
        api.projects[':project'].releases[':release'].restore.$post({
          param: { project, release: String(release) },
        }),
      ),
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: queryKeys.project(project) }),
        client.invalidateQueries({ queryKey: queryKeys.projects }),
      ]),
  });
}
