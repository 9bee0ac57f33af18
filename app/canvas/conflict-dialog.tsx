'use client';
import { Button } from '#app/ui/button.tsx';
import { Dialog, DialogContent, DialogDescription, DialogFooter, DialogTitle } from '#app/ui/dialog.tsx';
import { useAutosave, useCanvasSession } from './session-context.tsx';
import { changesBetween } from './system/changes.ts';

/** Somebody else saved meanwhile: shows both sides, and lets the person choose. Nothing is written before that. */
export function ConflictDialog() {
  const { session } = useCanvasSession();
  const autosave = useAutosave();
  if (autosave.phase.name !== 'conflict') return null;
  const { theirs } = autosave.phase;
  const mine = changesBetween(autosave.acknowledged, autosave.current).map((change) => change.text);
  const resolve = (choice: 'theirs' | 'mine') => () => session.saver.resolve(choice);
  return (
    <Dialog open>
      <DialogContent
        className="max-w-xl"
        onEscapeKeyDown={(event) => event.preventDefault()}
        onInteractOutside={(event) => event.preventDefault()}
      >
        <DialogTitle>This workflow was changed elsewhere</DialogTitle>
        <DialogDescription>
          {theirs.savedBy ?? 'Somebody'} saved another draft
          {theirs.savedAt !== null && ` at ${new Date(theirs.savedAt).toLocaleTimeString()}`} while you were
          drawing. Choose which one goes on. Taking theirs can be undone.
        </DialogDescription>
        <div className="grid grid-cols-2 gap-4">
          <Side title="Their changes" lines={theirs.changed} />
          <Side title="Your changes" lines={mine} />
        </div>
        <DialogFooter>
          <Button onClick={resolve('theirs')}>Take theirs</Button>
          <Button variant="primary" onClick={resolve('mine')}>
            Keep mine
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}

function Side({ title, lines }: { title: string; lines: readonly string[] }) {
  return (
    <section className="min-w-0 rounded-md border border-line p-3">
      <h3 className="mb-1 font-medium">{title}</h3>
      <ul className="max-h-48 list-disc overflow-y-auto pl-4 text-12">
        {lines.length === 0 ? (
          <li>Only where cards stand</li>
        ) : (
          lines.map((line) => <li key={line}>{line}</li>)
        )}
      </ul>
    </section>
  );
}
