'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { answerAs, api } from './api.ts';
import { queryKeys } from './query-keys.ts';
import type { ApiOperationDetail, OperationChoice } from './types.ts';

/** An operation of a description, with what its tool would be with these choices. */
export function useOperation(
  project: string,
  { source, operation, choice }: { source: string; operation: string; choice: OperationChoice },
) {
  return useQuery({
    queryKey: queryKeys.operation(project, source, operation, JSON.stringify(choice)),
    queryFn: ({ signal }) =>
      answerAs<ApiOperationDetail>(
        api.projects[':project'].openapi[':api'].preview.$post(
          { param: { project, api: source }, json: { operation, choice } },
          { init: { signal } },
        ),
      ),
    // While somebody types, what was reckoned last stays; that of another operation does not.
    placeholderData: (previous, query) =>
      query?.queryKey[4] === operation ? keepPreviousData(previous) : undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
}
