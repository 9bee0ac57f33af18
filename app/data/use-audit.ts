'use client';

import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { answerAs, api } from './api.ts';
import type { AuditEvent } from './settings-types.ts';

export interface AuditFilter {
  /** Id of a user. */
  actor?: string;
  /** `workflow`, `key` … */
  about?: string;
  projectId?: string;
  /** Its name. */
  tool?: string;
  /** What its name begins with. */
  client?: string;
  outcome?: 'ok' | 'failed' | 'refused' | 'cancelled' | 'waiting';
  /** ISO moments. */
  from?: string;
  to?: string;
}

/** What happened in the organization, newest first, page by page. Nothing is asked unless `enabled`. */
export function useAudit(filter: AuditFilter, enabled: boolean) {
  return useInfiniteQuery({
    queryKey: ['audit', filter],
    queryFn: ({ pageParam, signal }) =>
      answerAs<{ items: AuditEvent[]; next: number | null }>(
        api.audit.$get(
          { query: { ...filter, ...(pageParam !== null && { before: String(pageParam) }) } },
          { init: { signal } },
        ),
      ),
    initialPageParam: null as number | null,
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
    enabled,
  });
}
