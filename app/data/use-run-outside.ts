'use client';

import { useQuery } from '@tanstack/react-query';
import { answerAs, api } from './api.ts';
import { queryKeys } from './query-keys.ts';
import type { RunOutside } from './types.ts';

/** What a run asked of the world outside, and what it got. */
export function useRunOutside(project: string, run: string) {
  return useQuery({
    queryKey: [...queryKeys.run(project, run), 'outside'],
    queryFn: ({ signal }) =>
      answerAs<RunOutside>(
        api.projects[':project'].runs[':run'].outside.$get({ param: { project, run } }, { init: { signal } }),
      ),
  });
}
