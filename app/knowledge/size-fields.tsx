'use client';

import { Field } from '#app/ui/field.tsx';
import { Input } from '#app/ui/input.tsx';
import { LARGEST_CHUNK, SMALLEST_CHUNK } from './size-stats.ts';

export interface Sizes {
  /** Characters of a passage, about. */
  size: number;
  /** Characters that a passage repeats of the one before it, at most. */
  overlap: number;
}

/** Size and overlap, each as a number and as a slider. */
export function SizeFields({ value, onChange }: { value: Sizes; onChange(sizes: Sizes): void }) {
  const half = Math.floor(value.size / 2) || 0;
  return (
    <div className="grid grid-cols-2 gap-4">
      <NumberWithSlider
        label="Size of a passage"
        description="In characters, about. Small ones are exact, large ones hold more of the context."
        min={SMALLEST_CHUNK}
        max={LARGEST_CHUNK}
        step={50}
        value={value.size}
        onChange={(size) => onChange({ size, overlap: Math.min(value.overlap, Math.floor(size / 2) || 0) })}
      />
      <NumberWithSlider
        label="Overlap"
        description="What a passage repeats of the one before it, where a text has to be cut in its middle."
        min={0}
        max={half}
        step={10}
        value={value.overlap}
        onChange={(overlap) => onChange({ ...value, overlap })}
      />
    </div>
  );
}

function NumberWithSlider({
  label,
  description,
  min,
  max,
  step,
  value,
  onChange,
}: {
  label: string;
  description: string;
  min: number;
  max: number;
  step: number;
  value: number;
  onChange(value: number): void;
}) {
  return (
    <Field label={label} description={description}>
      {(ids) => (
        <span className="flex items-center gap-2">
          <Input
            {...ids}
            type="number"
            required
            min={min}
            max={max}
            className="w-20 tabular-nums"
            value={Number.isNaN(value) ? '' : value}
            onChange={(event) => onChange(event.target.valueAsNumber)}
          />
          <input
            type="range"
            aria-label={`${label}, slider`}
            min={min}
            max={max}
            step={step}
            className="min-w-0 flex-1 accent-(--accent)"
            value={Number.isNaN(value) ? min : value}
            onChange={(event) => onChange(event.target.valueAsNumber)}
          />
        </span>
      )}
    </Field>
  );
}
