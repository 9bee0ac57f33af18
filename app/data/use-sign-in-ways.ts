'use client';

import { useMutation, useQuery } from '@tanstack/react-query';
import { answer, api, done } from './api.ts';
import type { PasswordReset, SingleSignOnStart } from './sign-in-types.ts';

/** How somebody can sign in: by the domain of an address, the name of an organization in addresses, or in general. */
export function useSignInWays(by: { email: string } | { organization: string } | null) {
  return useQuery({
    queryKey: ['sign-in-ways', by],
    queryFn: ({ signal }) => answer(api.session.ways.$get({ query: by ?? {} }, { init: { signal } })),
    staleTime: 60_000,
  });
}

/** Leaves for the identity provider. */
export function useStartSignOn() {
  return useMutation({
    mutationFn: (input: SingleSignOnStart) => answer(api.session.sso.$post({ json: input })),
    onSuccess: ({ url }) => window.location.assign(url),
  });
}

/** Has a link for a new password sent. */
export function useRequestPasswordReset() {
  return useMutation({
    mutationFn: (email: string) => done(api['password-reset'].request.$post({ json: { email } })),
  });
}

/** Chooses a new password by a link. */
export function useResetPassword() {
  return useMutation({
    mutationFn: (input: PasswordReset) => done(api['password-reset'].$post({ json: input })),
  });
}
