'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api, done } from './api.ts';
import { queryKeys } from './query-keys.ts';
import type { PasswordChange } from './settings-types.ts';

/** Gives oneself another name. */
export function useRenameAccount() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (name: string) => answer(api.account.$patch({ json: { name } })),
    onSuccess: (session) => {
      client.setQueryData(queryKeys.session, session);
      return client.invalidateQueries({ queryKey: ['organization'] });
    },
  });
}

/** Changes one's own password; other sessions end. */
export function useChangePassword() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (passwords: PasswordChange) => done(api.account.password.$post({ json: passwords })),
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['browser-sessions'] }),
        client.invalidateQueries({ queryKey: ['two-factor'] }),
      ]),
  });
}
