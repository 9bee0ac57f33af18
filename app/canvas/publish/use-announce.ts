'use client';
import { useRouter } from 'next/navigation';
import { useCallback } from 'react';
import { useRollback } from '#app/data/use-rollback.ts';
import { useUnpublish } from '#app/data/use-unpublish.ts';
import { toast } from '#app/ui/toast.ts';
import { useCanvasSession } from '../session-context.tsx';

/** Messages about what is live take each other's place: an older "Undo" would undo something else. */
export const LIVE_TOAST = 'what-is-live';

/** Says that a version is live, with a way back: to the one that was live before, or to none. */
export function useAnnounce(): (name: string, version: number, before: number | null) => void {
  const { project, workflow } = useCanvasSession();
  const router = useRouter();
  const { mutate: rollBack } = useRollback(project, workflow.id);
  const { mutate: unpublish } = useUnpublish(project, workflow.id);
  return useCallback(
    (name, version, before) => {
      const onError = (error: Error): void => void toast.error(error.message);
      // Messages of their own: the one with the button is on its way out.
      const undo = (): void =>
        before === null
          ? unpublish(undefined, {
              onError,
              onSuccess: () => toast('Unpublished: clients no longer see this tool'),
            })
          : rollBack(before, {
              onError,
              onSuccess: () => toast.success(`${name} v${before} is live again`),
            });
      toast.success(`${name} v${version} is live`, {
        id: LIVE_TOAST,
        duration: 8000,
        action: { label: 'Undo', onClick: undo },
        // Whose first version it is wants to see it called.
        ...(before === null && {
          cancel: { label: 'Connect a client', onClick: () => router.push(`/projects/${project}/connect`) },
        }),
      });
    },
    [project, router, rollBack, unpublish],
  );
}
