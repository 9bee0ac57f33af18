'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';
import type { ToolsetUpdate } from './types.ts';

/** Changes what is given of a toolset. */
export function useUpdateToolset(project: string, toolset: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: ToolsetUpdate) =>
      answer(
        api.projects[':project'].toolsets[':toolset'].$patch({ param: { project, toolset }, json: change }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: queryKeys.toolsets(project) }),
  });
}
