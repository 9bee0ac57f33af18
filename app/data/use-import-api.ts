'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answerAs, api } from './api.ts';
import { queryKeys } from './query-keys.ts';
import type { ApiImport, ImportedApi } from './types.ts';

/** Makes a draft of each chosen operation. */
export function useImportApi(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: ApiImport) =>
      answerAs<ImportedApi>(
        api.projects[':project'].openapi.import.$post({ param: { project }, json: input }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: queryKeys.project(project) }),
  });
}
