'use client';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { queryKeys } from '#app/data/query-keys.ts';
import { toast } from '#app/ui/toast.ts';
import type { WorkflowDocument } from '#lib/workflow/document.ts';
import { useCanvasSession } from './session-context.tsx';
import { changesBetween } from './system/changes.ts';
import { changeWords, doneWords } from './system/people.ts';

/** Changes of others within this time are one message, in ms. */
const TOGETHER_MS = 12_000;

/** Tells in passing what others do with the workflow, and reads again what depends on it. */
export function useLiveNews(): void {
  const { session, project, workflow } = useCanvasSession();
  const client = useQueryClient();

  useEffect(() => {
    let told: { by: string | null; base: WorkflowDocument; at: number } | null = null;
    const recovered = (): void =>
      void toast('Edits that had not been saved are back', {
        action: { label: 'Undo', onClick: () => void session.canvas.getState().undo() },
      });
    if (session.saver.hasRecovered()) toast('Edits that had not been saved are back');
    return session.onNews((news) => {
      if (news.type === 'recovered') return recovered();
      const { savedBy } = news.theirs;
      const now = Date.now();
      // Somebody who goes on typing is told of once, with all they did.
      const same = told !== null && told.by === savedBy && now - told.at < TOGETHER_MS;
      told = { by: savedBy, base: same && told ? told.base : news.base, at: same && told ? told.at : now };
      const changes = changesBetween(told.base, news.theirs.document);
      const words = changeWords(savedBy, changes);
      if (words === null) return;
      const nodes = [...new Set(changes.flatMap(({ nodeId }) => nodeId ?? []))];
      toast(words, {
        id: 'theirs',
        duration: 5000,
        ...(nodes.length > 0 && {
          action: { label: 'Show', onClick: () => session.canvas.getState().select(nodes) },
        }),
      });
    });
  }, [session]);

  useEffect(() => {
    let live = workflow.liveVersion;
    return session.onWorkflow((news) => {
      if (news.type === 'deleted') {
        void client.invalidateQueries({ queryKey: queryKeys.workflows(project), refetchType: 'none' });
        return;
      }
      if (news.done && !news.done.you) toast(doneWords(news.done, news.liveVersion));
      if (news.done === null && news.liveVersion === live) return;
      live = news.liveVersion;
      void client.invalidateQueries({ queryKey: queryKeys.versions(project, workflow.id) });
      void client.invalidateQueries({ queryKey: queryKeys.project(project), exact: true });
    });
  }, [session, client, project, workflow]);
}
