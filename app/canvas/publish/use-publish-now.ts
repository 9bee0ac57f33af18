'use client';
import { useIsMutating, useMutation, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { ApiError } from '#app/data/api-error.ts';
import { lookUpReviews } from '#app/data/look-up-reviews.ts';
import { usePublish } from '#app/data/use-publish.ts';
import { useVersion } from '#app/data/use-version.ts';
import { useWorkflows } from '#app/data/use-workflows.ts';
import { toast } from '#app/ui/toast.ts';
import { compile } from '#lib/workflow/compile.ts';
import type { Contract } from '#lib/workflow/contract.ts';
import { savedRevision } from '../saver.ts';
import { useCanvasSession, useScreen } from '../session-context.tsx';
import { useReleaseState } from '../use-release.ts';
import { useAnnounce } from './use-announce.ts';

/** Whether a look-up of the draft finds less than the live one. What cannot be told keeps nobody from publishing. */
async function findsLess(project: string, workflow: string): Promise<boolean> {
  const { items } = await lookUpReviews(project, workflow).catch(() => ({ items: [] }));
  return items.some(({ worse }) => worse);
}

/**
 * Publishes at once what is on the screen when nothing speaks against it: no error, nothing that breaks callers, no
 * advice of weight, no failing test, no look-up that finds less than before. Else it opens the review, which says what does.
 */
export function usePublishNow(): { publish: () => void; busy: boolean } {
  const { project, workflow, session } = useCanvasSession();
  const { liveVersion, known } = useReleaseState();
  const { data: live } = useVersion(project, workflow.id, liveVersion);
  const { data: workflows } = useWorkflows(project);
  const { mutateAsync } = usePublish(project, workflow.id);
  const show = useScreen((state) => state.show);
  const announce = useAnnounce();
  const client = useQueryClient();
  const mutationKey = ['publish-now', workflow.id];

  const { mutate } = useMutation({
    mutationKey,
    mutationFn: async () => {
      const { document, kinds } = session.canvas.getState();
      const { contract } = compile(document, kinds);
      if (!contract || !known || !workflows || (liveVersion !== null && !live)) return null;
      const { reviewOf } = await import('./review.ts');
      const others = workflows.items.filter(({ id }) => id !== workflow.id).map(({ name }) => name);
      const before = live ? (live.contract as unknown as Contract) : null;
      if (!reviewOf(contract, before, { project, others }).smooth) return null;
      const revision = await savedRevision(session.saver);
      const looksUp = document.nodes.some(({ kind }) => kinds.get(kind)?.needs.includes('knowledge'));
      if (live && looksUp && (await findsLess(project, workflow.id))) return null;
      const { version } = await mutateAsync({ revision });
      // When it is done, another one is live: what was so before is told from here.
      return { name: document.name, version, before: liveVersion };
    },
    onSuccess: (published) => {
      if (published) announce(published.name, published.version, published.before);
      else show({ dialog: 'publish' });
    },
    onError: (error) => {
      // What the review shows as well, with what can be done about it.
      if (error instanceof ApiError && error.status === 422) show({ dialog: 'publish' });
      else toast.error(error.message);
    },
  });
  const busy = useIsMutating({ mutationKey }) > 0;
  const key = workflow.id;
  const publish = useCallback(() => {
    if (!session.canvas.getState().editable) toast('Viewers look, and publish nothing.');
    else if (client.isMutating({ mutationKey: ['publish-now', key] }) === 0) mutate();
  }, [client, key, mutate, session]);
  return { publish, busy };
}
