'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';
import type { ProjectImport } from './types.ts';

/** Makes a project out of the files of an exported one. */
export function useImportProject() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: ProjectImport) => answer(api.projects.import.$post({ json: input })),
    onSuccess: () => Promise.all([client.invalidateQueries({ queryKey: queryKeys.projects })]),
  });
}
