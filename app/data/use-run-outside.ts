'use client';

import { useQuery } from '@tanstack/react-query';
import { answerAs, api } from './api.ts';
import { queryKeys } from './query-keys.ts';
import type { RunOutside, RunStatus } from './types.ts';

/** What a run asked of the world outside, and what it got. */
export function useRunOutside(project: string, { id: run, status }: { id: string; status: RunStatus }) {
  return useQuery({
    queryKey: [...queryKeys.run(project, run), 'outside', status],
    queryFn: ({ signal }) =>
      answerAs<RunOutside>(
        api.projects[':project'].runs[':run'].outside.$get({ param: { project, run } }, { init: { signal } }),
      ),
  });
}
