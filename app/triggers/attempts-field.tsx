'use client';

import { TextField } from '#app/ui/text-field.tsx';

/** How often a run is tried before it is a dead letter. */
export function AttemptsField({ value, onChange }: { value: number; onChange: (value: number) => void }) {
  return (
    <TextField
      label="Attempts"
      description="In all. A run that fails each time waits among the dead letters."
      type="number"
      min={1}
      max={20}
      required
      className="w-20"
      value={Number.isNaN(value) ? '' : String(value)}
      onValueChange={(text) => onChange(Number.parseInt(text, 10))}
    />
  );
}
