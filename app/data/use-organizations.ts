'use client';

import { type QueryClient, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { answer, api, done } from './api.ts';
import { queryKeys } from './query-keys.ts';
import type { Session } from './types.ts';

/** Nothing that was loaded belongs to the organization that is shown now. */
function shown(client: QueryClient, session: Session): void {
  client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== queryKeys.session[0] });
  client.setQueryData(queryKeys.session, session);
}

/** Shows another organization of one's own. */
export function useSwitchOrganization() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (organization: string) => answer(api.session.organization.$put({ json: { organization } })),
    onSuccess: (session) => shown(client, session),
  });
}

/** Makes another organization and shows it. */
export function useCreateOrganization() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (name: string) => answer(api.organizations.$post({ json: { name } })),
    onSuccess: (session) => shown(client, session),
  });
}

/** What goes with the organization when it is deleted. */
export function useOrganizationContent(enabled: boolean) {
  return useQuery({
    queryKey: ['organization', 'content'],
    queryFn: ({ signal }) => answer(api.organization.content.$get({}, { init: { signal } })),
    enabled,
  });
}

/** Leaves the organization. */
export function useLeaveOrganization() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => done(api.organization.leave.$post()),
    onSuccess: () => client.resetQueries(),
  });
}

/** Deletes the organization with all that is in it. */
export function useDeleteOrganization() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (name: string) => done(api.organization.delete.$post({ json: { name } })),
    onSuccess: () => client.resetQueries(),
  });
}
