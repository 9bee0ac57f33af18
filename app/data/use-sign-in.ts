'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';
import type { SecondStepInput, SignInInput } from './sign-in-types.ts';
import type { Session } from './types.ts';

/** The password was right: what the second step is done with. */
export interface SecondStep {
  ticket: string;
  expiresAt: string;
}

/** Signs in. Whatever an earlier session left in the cache is dropped. Answers the second step where there is one. */
export function useSignIn() {
  const begin = useBegin();
  return useMutation({
    mutationFn: (input: SignInInput) => answer<Session | SecondStep>(api.session.$post({ json: input })),
    onSuccess: (outcome) => {
      if (!('ticket' in outcome)) begin(outcome);
    },
  });
}

/** Gives the second factor, and is signed in. */
export function useSecondStep() {
  const begin = useBegin();
  return useMutation({
    mutationFn: (input: SecondStepInput) => answer(api.session['second-step'].$post({ json: input })),
    onSuccess: begin,
  });
}

function useBegin(): (session: Session) => void {
  const client = useQueryClient();
  return (session) => {
    client.clear();
    client.setQueryData(queryKeys.session, session);
  };
}
