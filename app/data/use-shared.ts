'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api, done } from './api.ts';
import { queryKeys } from './query-keys.ts';
import type { WorkflowShare } from './types.ts';

/** Shares a workflow as a template inside the organization, or renews one. */
export function useShareWorkflow(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ workflow, ...share }: WorkflowShare & { workflow: string }) =>
      answer(
        api.projects[':project'].workflows[':workflow'].share.$post({
          param: { project, workflow },
          json: share,
        }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: queryKeys.templates }),
  });
}

/** Withdraws a template that was shared. */
export function useWithdrawTemplate() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (template: string) => done(api.templates[':template'].$delete({ param: { template } })),
    onSuccess: () => client.invalidateQueries({ queryKey: queryKeys.templates }),
  });
}

/** Reads a workflow as a file to pass on. */
export function useWorkflowFile(project: string) {
  return useMutation({
    mutationFn: (workflow: string) =>
      answer(
        api.projects[':project'].workflows[':workflow'].file.$get({
          param: { project, workflow },
          query: {},
        }),
      ),
  });
}

/** Puts a workflow from a file into the project. */
export function useImportWorkflow(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (content: unknown) =>
      answer(api.projects[':project'].workflows.import.$post({ param: { project }, json: { content } })),
    onSuccess: () => client.invalidateQueries({ queryKey: queryKeys.project(project) }),
  });
}
