'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';
import type { DraftSave } from './types.ts';

/** Saves the draft on top of the revision it was made from. Its error has `code` `conflict` and `details.current` when somebody saved meanwhile. */
export function useSaveDraft(project: string, workflow: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (draft: DraftSave) =>
      answer(
        api.projects[':project'].workflows[':workflow'].draft.$put({
          param: { project, workflow },
          json: draft,
        }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: queryKeys.workflows(project), exact: true }),
  });
}
