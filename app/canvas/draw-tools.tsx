'use client';
import { Hand, MousePointer2, StickyNote } from 'lucide-react';
import { Button } from '#app/ui/button.tsx';
import { Kbd } from '#app/ui/kbd.tsx';
import { useCanvas } from './canvas-context.tsx';
import { useScreen } from './session-context.tsx';
import type { Command } from './system/shortcuts.ts';

const WORD = '@max-3xl:sr-only';

/** Of the toolbar: notes, and what dragging on the canvas does. */
export function DrawTools({ run }: { run: (command: Command) => boolean }) {
  const editable = useCanvas((state) => state.editable);
  const graph = useScreen((state) => state.view === 'graph');
  const hand = useScreen((state) => state.hand);
  return (
    <>
      {editable && (
        <Button title="Add a note (M)" onClick={() => run('note')}>
          <StickyNote aria-hidden /> <span className={WORD}>Note</span>{' '}
          <span className="@max-3xl:hidden">
            <Kbd>M</Kbd>
          </span>
        </Button>
      )}
      {graph && (
        <fieldset
          aria-label="What dragging does"
          className="flex items-center rounded-md border border-line bg-surface p-px text-muted"
        >
          <Mode
            label="Pointer: dragging selects (V)"
            pressed={!hand}
            onClick={() => run('pointer')}
            Sign={MousePointer2}
          />
          <Mode
            label="Hand: dragging moves the view (H)"
            pressed={hand}
            onClick={() => run('hand')}
            Sign={Hand}
          />
        </fieldset>
      )}
    </>
  );
}

function Mode({
  label,
  pressed,
  onClick,
  Sign,
}: {
  label: string;
  pressed: boolean;
  onClick: () => void;
  Sign: typeof Hand;
}) {
  return (
    <button
      type="button"
      title={label}
      aria-label={label}
      aria-pressed={pressed}
      onClick={onClick}
      className="grid size-6.5 place-items-center rounded-sm hover:bg-hover hover:text-ink aria-pressed:bg-selected aria-pressed:text-accent-ink"
    >
      <Sign size={14} aria-hidden />
    </button>
  );
}
