'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { answer, api, done } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** What a link is there to connect. Its error has `status` 404 for one that leads nowhere, 403 for somebody else's. */
export function useConnectAccount(token: string) {
  return useQuery({
    queryKey: queryKeys.connectAccount(token),
    queryFn: ({ signal }) =>
      answer(api['connect-account'][':token'].$get({ param: { token } }, { init: { signal } })),
    retry: false,
  });
}

/** Where the provider asks for consent. */
export function useBeginConnect(token: string) {
  return useMutation({
    mutationFn: () => answer(api['connect-account'][':token'].authorize.$post({ param: { token } })),
  });
}

/** Connects by a key. */
export function useConnectByKey(token: string) {
  return useMutation({
    mutationFn: (json: { userName?: string; key: string }) =>
      done(api['connect-account'][':token'].key.$post({ param: { token }, json })),
  });
}

/** Back from the provider. */
export function useFinishConnect() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (json: { state: string; code?: string; error?: string }) =>
      answer(api['connect-account'].finish.$post({ json })),
    onSuccess: ({ project }) =>
      project === null ? undefined : client.invalidateQueries({ queryKey: queryKeys.connections(project) }),
  });
}

/** Where the provider asks for consent to the account that all callers of a project use. */
export function useBeginProjectConnect(project: string) {
  return useMutation({
    mutationFn: (connection: string) =>
      answer(
        api.projects[':project'].connections[':connection'].authorize.$post({
          param: { project, connection },
        }),
      ),
  });
}

/** Accounts of one's own that workflows use. */
export function useConnectedAccounts() {
  return useQuery({
    queryKey: queryKeys.connectedAccounts,
    queryFn: ({ signal }) => answer(api.account.connected.$get({}, { init: { signal } })),
  });
}

export function useDisconnectAccount() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (account: string) => done(api.account.connected[':account'].$delete({ param: { account } })),
    onSuccess: () => client.invalidateQueries({ queryKey: queryKeys.connectedAccounts }),
  });
}
