'use client';
import { Check } from 'lucide-react';
import type { CanvasColour } from '#lib/workflow/document.ts';
import { COLOURS } from './system/notes.ts';

/** The colours of a note or a group; each has its name. */
export function ColourChoice({
  label,
  value,
  onChange,
}: {
  label: string;
  value: CanvasColour | undefined;
  onChange: (colour: CanvasColour) => void;
}) {
  return (
    <fieldset
      aria-label={label}
      className="flex w-fit gap-0.5 rounded-md border border-line-strong bg-raised p-0.5"
    >
      {COLOURS.map(({ colour, words }) => (
        <button
          key={colour}
          type="button"
          aria-label={words}
          title={words}
          aria-pressed={value === colour}
          onClick={() => onChange(colour)}
          className="grid size-6 place-items-center rounded-sm hover:bg-hover"
        >
          <span
            className="grid size-4 place-items-center rounded-sm border border-line-strong text-ink"
            style={{ background: `var(--note-${colour})` }}
          >
            {value === colour && <Check size={12} aria-hidden />}
          </span>
        </button>
      ))}
    </fieldset>
  );
}
