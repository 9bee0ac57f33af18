'use client';

import { useMutation, useQuery } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import type { ConsentAnswer } from './grant-types.ts';

/** What an app asks for, with the request it sent the browser here with; nothing without one. */
export function useConsent(request: string) {
  return useQuery({
    queryKey: ['consent', request],
    queryFn: ({ signal }) => answer(api.consent.$get({ query: { request } }, { init: { signal } })),
    enabled: request !== '',
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Answers it; then the browser goes on to the app. */
export function useAnswerConsent() {
  return useMutation({
    mutationFn: (json: ConsentAnswer) => answer(api.consent.$post({ json })),
  });
}
