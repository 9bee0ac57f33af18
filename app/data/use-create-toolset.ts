'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';
import type { ToolsetCreate } from './types.ts';

/** Makes a toolset. */
export function useCreateToolset(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: ToolsetCreate) =>
      answer(api.projects[':project'].toolsets.$post({ param: { project }, json: input })),
    onSuccess: () => client.invalidateQueries({ queryKey: queryKeys.toolsets(project) }),
  });
}
