'use client';

import { useMutation } from '@tanstack/react-query';
import { answerAs, api } from './api.ts';
import type { ApiDescription, ApiRead } from './types.ts';

/** Reads the description of an API; nothing is made of it. */
export function useReadApi(project: string) {
  return useMutation({
    mutationFn: (input: ApiRead) =>
      answerAs<ApiDescription>(
        api.projects[':project'].openapi.read.$post({ param: { project }, json: input }),
      ),
  });
}
