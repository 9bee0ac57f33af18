'use client';

import { useMutation } from '@tanstack/react-query';
import { answer, api } from './api.ts';

/** Reads a project as files: path → text. */
export function useExportProject(project: string) {
  return useMutation({
    mutationFn: () => answer(api.projects[':project'].export.$get({ param: { project } })),
  });
}
