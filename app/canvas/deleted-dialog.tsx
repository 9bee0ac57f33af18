'use client';
import { useRouter } from 'next/navigation';
import { Button } from '#app/ui/button.tsx';
import { Dialog, DialogContent, DialogDescription, DialogFooter, DialogTitle } from '#app/ui/dialog.tsx';
import { toast } from '#app/ui/toast.ts';
import { useKeepAsNew } from './keep-as-new.ts';
import { useAutosave, useCanvasSession } from './session-context.tsx';

/** The workflow is gone: its draft can become a new one. */
export function DeletedDialog() {
  const { project, session } = useCanvasSession();
  const { phase, current } = useAutosave();
  const keep = useKeepAsNew(project);
  const router = useRouter();
  const { editable } = session.canvas.getState();
  if (phase.name !== 'deleted') return null;
  const leave = (to: string): void => {
    session.saver.giveUp();
    router.push(to);
  };
  return (
    <Dialog open>
      <DialogContent closable={false} onEscapeKeyDown={(event) => event.preventDefault()}>
        <DialogTitle>
          {phase.by === null ? 'This workflow was deleted' : `${phase.by} deleted this workflow`}
        </DialogTitle>
        <DialogDescription>
          {editable
            ? 'Its versions are gone. What you have on the screen is kept in this browser until you decide; as a new workflow it starts unpublished.'
            : 'Its versions are gone, and clients no longer see it.'}
        </DialogDescription>
        <DialogFooter>
          <Button onClick={() => leave(`/projects/${project}`)}>
            {editable ? 'Drop the draft' : 'Back to the project'}
          </Button>
          {editable && (
            <Button
              variant="primary"
              busy={keep.isPending}
              onClick={() =>
                keep.mutate(current, {
                  onError: (error) => void toast.error(error.message),
                  onSuccess: ({ id }) => leave(`/projects/${project}/workflows/${id}`),
                })
              }
            >
              Keep it as a new workflow
            </Button>
          )}
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}
