'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { answer, api, done } from './api.ts';
import { queryKeys } from './query-keys.ts';
import type { TwoFactorProof } from './sign-in-types.ts';

const KEY = ['two-factor'];

/** The second factor of one's own. */
export function useTwoFactor() {
  return useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => answer(api.account['two-factor'].$get({}, { init: { signal } })),
  });
}

/** Gets a secret for the app. */
export function useBeginTwoFactor() {
  return useMutation({
    mutationFn: (password: string) => answer(api.account['two-factor'].$post({ json: { password } })),
  });
}

/** Turns it on with a first code; answers the recovery codes. */
export function useEnableTwoFactor() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (code: string) => answer(api.account['two-factor'].enable.$post({ json: { code } })),
    onSuccess: refresh,
  });
}

export function useDisableTwoFactor() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (proof: TwoFactorProof) => done(api.account['two-factor'].disable.$post({ json: proof })),
    onSuccess: refresh,
  });
}

/** Makes ten new recovery codes. */
export function useRenewRecoveryCodes() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (proof: TwoFactorProof) =>
      answer(api.account['two-factor']['recovery-codes'].$post({ json: proof })),
    onSuccess: refresh,
  });
}

/** Asks a trusted browser again. */
export function useForgetBrowser() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (browser: string) => done(api.account.browsers[':browser'].$delete({ param: { browser } })),
    onSuccess: refresh,
  });
}

function useRefresh() {
  const client = useQueryClient();
  return () =>
    Promise.all([
      client.invalidateQueries({ queryKey: KEY }),
      client.invalidateQueries({ queryKey: queryKeys.session }),
    ]);
}
