'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import type { SignInSettings, SingleSignOnInput } from './sign-in-types.ts';

const KEY = ['organization', 'sign-in'];

/** How members sign in; for owners. */
export function useSignInSettings() {
  return useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => answer(api.organization['sign-in'].$get({}, { init: { signal } })),
  });
}

/** Sets the identity provider. */
export function useSaveSingleSignOn() {
  const keep = useKeep();
  return useMutation({
    mutationFn: (input: SingleSignOnInput) =>
      answer(api.organization['single-sign-on'].$put({ json: input })),
    onSuccess: keep,
  });
}

/** Takes single sign-on away. */
export function useRemoveSingleSignOn() {
  const keep = useKeep();
  return useMutation({
    mutationFn: () => answer(api.organization['single-sign-on'].$delete()),
    onSuccess: keep,
  });
}

/** Asks members for a second factor, or no longer. */
export function useRequireTwoFactor() {
  const keep = useKeep();
  return useMutation({
    mutationFn: (required: boolean) => answer(api.organization['two-factor'].$put({ json: { required } })),
    onSuccess: keep,
  });
}

function useKeep(): (settings: SignInSettings) => void {
  const client = useQueryClient();
  return (settings) => client.setQueryData(KEY, settings);
}
