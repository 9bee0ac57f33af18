'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';
import type { SetupInput } from './types.ts';

/** Makes the first owner and signs in. */
export function useSetUp() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: SetupInput) => answer(api.setup.$post({ json: input })),
    onSuccess: (session) => {
      client.setQueryData(queryKeys.setup, { needed: false });
      client.setQueryData(queryKeys.session, session);
    },
  });
}
