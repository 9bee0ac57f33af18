'use client';

import { useQuery } from '@tanstack/react-query';
import { answerAs, api } from './api.ts';
import { queryKeys } from './query-keys.ts';
import type { AnswerSample } from './types.ts';

/** What the newest runs of a workflow that succeeded answered, newest first. */
export function useAnswers(project: string, workflow: string) {
  return useQuery({
    queryKey: queryKeys.answers(project, workflow),
    queryFn: ({ signal }) =>
      answerAs<{ items: AnswerSample[] }>(
        api.projects[':project'].workflows[':workflow'].answers.$get(
          { param: { project, workflow } },
          { init: { signal } },
        ),
      ),
  });
}
