'use client';
import { useMutation } from '@tanstack/react-query';
import { ApiError } from '#app/data/api-error.ts';
import { useCreateWorkflow } from '#app/data/use-create-workflow.ts';
import type { WorkflowDocument } from '#lib/workflow/document.ts';

/** Names that are tried after the draft's own. */
const MOST_TRIES = 5;

/** Makes a draft whose workflow is gone a new workflow, under its own name where that is free. */
export function useKeepAsNew(project: string) {
  const { mutateAsync } = useCreateWorkflow(project);
  return useMutation({
    mutationFn: async (document: WorkflowDocument) => {
      for (let at = 1; ; at++) {
        const name = at === 1 ? document.name : `${document.name.slice(0, 40)}_${at}`;
        try {
          return await mutateAsync({ name, document: { ...document, name } });
        } catch (error) {
          const taken = error instanceof ApiError && error.status === 409;
          if (!taken || at === MOST_TRIES) throw error;
        }
      }
    },
  });
}
