'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { answer, api, done } from './api.ts';

const KEY = ['browser-sessions'];

/** Where one is signed in. */
export function useBrowserSessions() {
  return useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => answer(api.account.sessions.$get({}, { init: { signal } })),
  });
}

/** Signs out one browser of one's own. */
export function useEndSession() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (session: string) => done(api.account.sessions[':session'].$delete({ param: { session } })),
    onSuccess: refresh,
  });
}

/** Signs out everywhere else. */
export function useEndOtherSessions() {
  const refresh = useRefresh();
  return useMutation({ mutationFn: () => done(api.account.sessions.$delete()), onSuccess: refresh });
}

function useRefresh() {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: KEY });
}
