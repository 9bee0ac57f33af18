'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api, done } from './api.ts';

/** Makes a link with which a member chooses a new password. */
export function useMakePasswordLink() {
  return useMutation({
    mutationFn: (user: string) =>
      answer(api.organization.members[':user']['password-link'].$post({ param: { user } })),
  });
}

/** Takes a member's second factor away. */
export function useResetTwoFactor() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (user: string) =>
      done(api.organization.members[':user']['two-factor'].$delete({ param: { user } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['organization'] }),
  });
}
