'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { answer, api, done } from './api.ts';
import { queryKeys } from './query-keys.ts';
import type { ProjectRole } from './team-types.ts';

const keyOf = (project: string) => [...queryKeys.project(project), 'people'];

/** Who may do what in a project. */
export function usePeople(project: string) {
  return useQuery({
    queryKey: keyOf(project),
    queryFn: ({ signal }) =>
      answer(api.projects[':project'].people.$get({ param: { project } }, { init: { signal } })),
  });
}

/** Gives somebody a role of their own in the project; null: that of the organization counts again. */
export function useSetPerson(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ user, role }: { user: string; role: ProjectRole | null }) => {
      const param = { project, user };
      const person = api.projects[':project'].people[':user'];
      if (role === null) await done(person.$delete({ param }));
      else await done(person.$put({ param, json: { role } }));
    },
    onSuccess: () => client.invalidateQueries({ queryKey: keyOf(project) }),
  });
}

/** Whether only those see the project who have a role in it. */
export function useSetPrivate(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (isPrivate: boolean) =>
      answer(api.projects[':project'].people.$patch({ param: { project }, json: { private: isPrivate } })),
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: queryKeys.project(project) }),
        client.invalidateQueries({ queryKey: queryKeys.projects }),
      ]),
  });
}

/** Moves the project to another organization. */
export function useTransferProject(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (to: { organization: string; name: string }) =>
      done(api.projects[':project'].transfer.$post({ param: { project }, json: to })),
    onSuccess: () => client.invalidateQueries(),
  });
}
