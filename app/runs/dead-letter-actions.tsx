'use client';

import { useDismissRun } from '#app/data/use-dismiss-run.ts';
import { useRetryRun } from '#app/data/use-retry-run.ts';
import { Button } from '#app/ui/button.tsx';
import { toast } from '#app/ui/toast.ts';

/** What can be done with a background run that failed for good. */
export function DeadLetterActions({
  project,
  run,
  size,
}: {
  project: string;
  /** Id. */
  run: string;
  size?: 'small' | 'medium';
}) {
  const retry = useRetryRun(project);
  const dismiss = useDismissRun(project);
  const failed = (error: Error): void => void toast.error(error.message);
  return (
    <span className="relative z-10 inline-flex gap-1">
      <Button
        size={size}
        busy={retry.isPending}
        disabled={dismiss.isPending}
        onClick={() =>
          retry.mutate(run, {
            onError: failed,
            onSuccess: () => toast.success('Queued: it goes on from the step that failed'),
          })
        }
      >
        Retry
      </Button>
      <Button
        size={size}
        busy={dismiss.isPending}
        disabled={retry.isPending}
        onClick={() =>
          dismiss.mutate(run, {
            onError: failed,
            onSuccess: () => toast('Dismissed: the run stays among the failed ones'),
          })
        }
      >
        Dismiss
      </Button>
    </span>
  );
}
