'use client';
import { Bug, History, Pin } from 'lucide-react';
import { Button } from '#app/ui/button.tsx';
import { count } from '#app/ui/quantity.ts';
import { RelativeTime } from '#app/ui/relative-time.tsx';
import { toast } from '#app/ui/toast.ts';
import { useRun } from './canvas-context.tsx';
import { useCanvasSession, useScreen } from './session-context.tsx';
import { pinsOfRun } from './system/pins.ts';

/** Over the graph of a past run: which one it is, and how to take its values into the editor. */
export function PastRunBar() {
  const { session } = useCanvasSession();
  const run = useRun((state) => state.run);
  const show = useScreen((state) => state.show);
  if (!run) return null;
  const editable = session.canvas.getState().editable;

  const back = (): void => {
    session.runs.clear();
    show({ graph: 'draft', run: null, step: null });
  };
  const debug = (): void => {
    show({ graph: 'draft' });
    toast('The draft, with the values of this run', {
      description: 'Forms preview with them, and the next run begins with its arguments.',
    });
  };
  const debugPinned = (): void => {
    const { document, kinds, pin, undo } = session.canvas.getState();
    const pins = pinsOfRun(document, run, kinds);
    const pinned = Object.keys(pins).length;
    if (pinned === 0) {
      toast('No step of the draft has a whole value in this run that could be pinned.');
      return;
    }
    pin(pins);
    show({ graph: 'draft' });
    toast(`Pinned what ${count(pinned, 'step')} left behind: runs of the draft use it`, {
      action: { label: 'Undo', onClick: () => void undo() },
    });
  };

  return (
    <section
      aria-label="Past run"
      className="flex min-h-10 flex-wrap items-center gap-x-3 gap-y-1 border-line border-b bg-sunken px-3 py-1.5"
    >
      <p className="flex min-w-0 items-center gap-1.5">
        <History size={14} aria-hidden className="shrink-0 text-muted" />
        <span className="font-medium">
          Run of {run.made?.version == null ? 'a draft' : `v${run.made.version}`}
        </span>
        {run.startedAt !== null && (
          <span className="text-muted">
            <RelativeTime at={new Date(run.startedAt).toISOString()} />
          </span>
        )}
        <span className="text-muted">· the draft is ahead</span>
      </p>
      <span className="ml-auto flex flex-wrap items-center gap-2">
        {editable && (
          <>
            <Button size="small" onClick={debug}>
              <Bug aria-hidden /> Debug in the editor
            </Button>
            <Button size="small" onClick={debugPinned}>
              <Pin aria-hidden /> Pin its outputs
            </Button>
          </>
        )}
        <Button size="small" onClick={back}>
          Back to the draft
        </Button>
      </span>
    </section>
  );
}
