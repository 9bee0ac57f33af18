'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { answer, api, done } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** Apps that people let into a project. */
export function useGrants(project: string) {
  return useQuery({
    queryKey: queryKeys.grants(project),
    queryFn: ({ signal }) =>
      answer(api.projects[':project'].grants.$get({ param: { project } }, { init: { signal } })),
  });
}

/** Shuts an app out of a project, by the id of its grant. */
export function useRevokeGrant(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (grant: string) =>
      done(api.projects[':project'].grants[':grant'].$delete({ param: { project, grant } })),
    onSuccess: () => client.invalidateQueries({ queryKey: queryKeys.grants(project) }),
  });
}

/** Apps that one let in oneself. */
export function useOwnGrants() {
  return useQuery({
    queryKey: queryKeys.ownGrants,
    queryFn: ({ signal }) => answer(api.account.grants.$get({}, { init: { signal } })),
  });
}

/** Shuts out an app that one let in oneself, by the id of its grant. */
export function useRevokeOwnGrant() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (grant: string) => done(api.account.grants[':grant'].$delete({ param: { grant } })),
    onSuccess: () => client.invalidateQueries({ queryKey: queryKeys.ownGrants }),
  });
}
