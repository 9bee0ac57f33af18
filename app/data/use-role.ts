'use client';

import { useQuery } from '@tanstack/react-query';
import { useParams } from 'next/navigation';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';
import type { Session } from './types.ts';
import { useSession } from './use-session.ts';

/** What whoever is signed in may do here: in the project of the page, and elsewhere in the organization. */
export function useRole(): Session['role'] | undefined {
  const { project } = useParams<{ project?: string }>();
  const session = useSession();
  const here = useQuery({
    queryKey: queryKeys.project(project ?? ''),
    queryFn: ({ signal }) =>
      answer(api.projects[':project'].$get({ param: { project: project ?? '' } }, { init: { signal } })),
    enabled: project !== undefined,
  });
  return project === undefined ? session.data?.role : here.data?.role;
}
