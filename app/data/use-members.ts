'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api, done } from './api.ts';
import { queryKeys } from './query-keys.ts';
import type { Session } from './types.ts';

/** Gives a member another role. */
export function useChangeMember() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ user, role }: { user: string; role: Session['role'] }) =>
      answer(api.organization.members[':user'].$patch({ param: { user }, json: { role } })),
    onSuccess: (organization) => {
      client.setQueryData(['organization'], organization);
      return client.invalidateQueries({ queryKey: queryKeys.session });
    },
  });
}

/** Removes a member. */
export function useRemoveMember() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (user: string) => done(api.organization.members[':user'].$delete({ param: { user } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['organization'] }),
  });
}
