'use client';

import { useMutation } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import type { ConnectionTestInput } from './settings-types.ts';

/** Sends a stored credential to one of its hosts, and says what came back. */
export function useTestConnection(project: string, connection: string) {
  return useMutation({
    mutationFn: (input: ConnectionTestInput) =>
      answer(
        api.projects[':project'].connections[':connection'].test.$post({
          param: { project, connection },
          json: input,
        }),
      ),
  });
}
