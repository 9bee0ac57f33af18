'use client';

import { useQuery } from '@tanstack/react-query';
import { answerAs, api } from './api.ts';
import { queryKeys } from './query-keys.ts';
import type { LinkedQuestion } from './types.ts';

/** What a link asks. Nobody needs to be signed in. Its error has `status` 404 for a link that leads nowhere. */
export function useLinkedQuestion(token: string) {
  return useQuery({
    queryKey: queryKeys.linkedQuestion(token),
    queryFn: ({ signal }) =>
      answerAs<LinkedQuestion>(api.answers[':token'].$get({ param: { token } }, { init: { signal } })),
    staleTime: Number.POSITIVE_INFINITY,
  });
}
