'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';
import type { SignInInput } from './types.ts';

/** Signs in. Whatever an earlier session left in the cache is dropped. */
export function useSignIn() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: SignInInput) => answer(api.session.$post({ json: input })),
    onSuccess: (session) => {
      client.clear();
      client.setQueryData(queryKeys.session, session);
    },
  });
}
