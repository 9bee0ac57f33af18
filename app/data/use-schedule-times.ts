'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** The next five times of a schedule that need not be stored. Its error says what cannot be read. */
export function useScheduleTimes(cron: string, timeZone: string) {
  return useQuery({
    queryKey: queryKeys.scheduleTimes(cron, timeZone),
    queryFn: ({ signal }) =>
      answer(api['schedule-times'].$get({ query: { cron, timeZone } }, { init: { signal } })),
    enabled: cron.trim() !== '',
    retry: false,
    placeholderData: keepPreviousData,
  });
}
