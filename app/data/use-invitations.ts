'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { answer, api, done } from './api.ts';
import { queryKeys } from './query-keys.ts';
import type { InvitationCreate, NewAccount } from './team-types.ts';

const KEY = ['organization', 'invitations'];

/** Who was asked to join and has not come yet; for owners and admins. */
export function useInvitations(enabled: boolean) {
  return useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => answer(api.organization.invitations.$get({}, { init: { signal } })),
    enabled,
  });
}

/** Asks somebody to join. */
export function useInvite() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: InvitationCreate) => answer(api.organization.invitations.$post({ json: input })),
    onSuccess: () => client.invalidateQueries({ queryKey: KEY }),
  });
}

/** Makes another link for an invitation. */
export function useRenewInvitation() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (invitation: string) =>
      answer(api.organization.invitations[':invitation'].renew.$post({ param: { invitation } })),
    onSuccess: () => client.invalidateQueries({ queryKey: KEY }),
  });
}

/** Takes an invitation back. */
export function useRevokeInvitation() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (invitation: string) =>
      done(api.organization.invitations[':invitation'].$delete({ param: { invitation } })),
    onSuccess: () => client.invalidateQueries({ queryKey: KEY }),
  });
}

/** What a link leads to. */
export function useInvitation(token: string | null) {
  return useQuery({
    queryKey: ['invitation', token],
    queryFn: ({ signal }) =>
      answer(api.invitation.$post({ json: { token: token ?? '' } }, { init: { signal } })),
    enabled: token !== null && token !== '',
    retry: false,
  });
}

/** Joins as the person who is signed in. */
export function useAcceptInvitation() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (token: string) => answer(api.invitation.accept.$post({ json: { token } })),
    onSuccess: (session) => {
      client.clear();
      client.setQueryData(queryKeys.session, session);
    },
  });
}

/** Joins with a new account. */
export function useJoin() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (account: NewAccount) => answer(api.invitation.join.$post({ json: account })),
    onSuccess: (session) => {
      client.clear();
      client.setQueryData(queryKeys.session, session);
    },
  });
}
