'use client';

import { useQuery } from '@tanstack/react-query';
import { answerAs, api } from './api.ts';
import { queryKeys } from './query-keys.ts';
import type { TestResult } from './types.ts';

/** Runs all tests of a workflow against its draft, each time it is first looked at. */
export function useTestResults(
  project: string,
  workflow: string,
  {
    save,
    enabled,
  }: {
    /** Brings the draft to the server. Throws when it could not be saved. */
    save: () => Promise<unknown>;
    enabled: boolean;
  },
) {
  return useQuery({
    queryKey: [...queryKeys.tests(project, workflow), 'results'],
    queryFn: async ({ signal }) => {
      await save();
      return answerAs<{ results: TestResult[] }>(
        api.projects[':project'].workflows[':workflow'].tests.run.$post(
          { param: { project, workflow } },
          { init: { signal } },
        ),
      );
    },
    enabled,
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
}
