'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '#app/data/api.ts';
import { queryKeys } from '#app/data/query-keys.ts';
import { useCanvasSession } from '../session-context.tsx';

/** Makes a workflow of the draft on the screen under another name, and publishes it; this one stays as it is. */
export function usePublishCopy() {
  const { project, session } = useCanvasSession();
  const client = useQueryClient();
  const workflows = api.projects[':project'].workflows;
  return useMutation({
    mutationFn: async ({
      name,
      note,
      despiteTexts,
    }: {
      name: string;
      note: string;
      despiteTexts: boolean;
    }) => {
      const document = { ...session.canvas.getState().document, name };
      const { id, revision } = await answer(
        workflows.$post({ param: { project }, json: { name, document } }),
      );
      await answer(
        workflows[':workflow'].publish.$post({
          param: { project, workflow: id },
          json: { revision, ...(note !== '' && { note }), ...(despiteTexts && { despiteTexts }) },
        }),
      );
      return { id, name };
    },
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: queryKeys.project(project) }),
        client.invalidateQueries({ queryKey: queryKeys.projects }),
      ]),
  });
}
