'use client';

import { useMutation } from '@tanstack/react-query';
import { answer, api } from './api.ts';

/** Plays a client at the project’s public address, or that of a release or a toolset. Takes up to a minute. */
export function useCheckConnection(
  project: string,
  { release, toolset }: { release: number | null; toolset: string | null },
) {
  return useMutation({
    mutationFn: (tool: string | undefined) =>
      answer(
        api.projects[':project'].doctor.$post({
          param: { project },
          json: {
            ...(tool !== undefined && { tool }),
            ...(release !== null && { release }),
            ...(toolset !== null && { toolset }),
          },
        }),
      ),
  });
}
