'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** Uploads files to a knowledge base; they are read in the background. */
export function useUploadDocuments(project: string, base: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (files: File[]) =>
      answer(
        api.projects[':project'].knowledge[':base'].documents.$post({
          param: { project, base },
          form: { file: files },
        }),
      ),
    onSuccess: () => Promise.all([client.invalidateQueries({ queryKey: queryKeys.knowledge(project) })]),
  });
}
