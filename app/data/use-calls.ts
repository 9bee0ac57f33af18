'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';
import type { CallRange } from './types.ts';

export interface CallsFilter {
  range: CallRange;
  /** Id of a workflow. */
  workflow?: string;
  /** Name of a client, without its version. */
  client?: string;
}

/** How many calls, and how they went, by the hours or days of this browser's time zone. Asks again every 30 s. */
export function useCalls(project: string, filter: CallsFilter) {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return useQuery({
    queryKey: [...queryKeys.calls(project), timeZone, filter],
    queryFn: ({ signal }) =>
      answer(
        api.projects[':project'].calls.$get(
          { param: { project }, query: { ...filter, timeZone } },
          { init: { signal } },
        ),
      ),
    refetchInterval: 30_000,
    placeholderData: keepPreviousData,
  });
}
