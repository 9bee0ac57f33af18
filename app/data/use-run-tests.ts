'use client';

import { useMutation } from '@tanstack/react-query';
import { answerAs, api } from './api.ts';
import type { TestResult } from './types.ts';

/** Runs all tests of a workflow against its saved draft. */
export function useRunTests(project: string, workflow: string) {
  return useMutation({
    mutationFn: () =>
      answerAs<{ results: TestResult[] }>(
        api.projects[':project'].workflows[':workflow'].tests.run.$post({ param: { project, workflow } }),
      ),
  });
}
