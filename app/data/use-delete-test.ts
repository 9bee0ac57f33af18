'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, done } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** Deletes a test, by id. */
export function useDeleteTest(project: string, workflow: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (test: string) =>
      done(
        api.projects[':project'].workflows[':workflow'].tests[':test'].$delete({
          param: { project, workflow, test },
        }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: queryKeys.tests(project, workflow) }),
  });
}
