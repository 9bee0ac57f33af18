'use client';

import { useState } from 'react';
import { Input } from '#app/ui/input.tsx';
import type { JsonValue } from '#lib/workflow/json.ts';
import type { FieldSpec } from './field-spec.ts';

export interface NumberFieldProps {
  spec: FieldSpec & { control: 'number' };
  value: JsonValue | undefined;
  onChange(value: JsonValue | undefined): void;
  readOnly: boolean;
  id: string;
  describedBy: string | undefined;
  invalid: boolean;
}

/** A number. While what is typed is none, the last one that was is kept; emptied, an optional one is left out. */
export function NumberField({ spec, value, onChange, readOnly, id, describedBy, invalid }: NumberFieldProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const printed = value === undefined || value === null ? '' : String(value);
  return (
    <Input
      id={id}
      inputMode={spec.integer ? 'numeric' : 'decimal'}
      value={typed ?? printed}
      placeholder={spec.placeholder ?? bounds(spec)}
      readOnly={readOnly}
      aria-describedby={describedBy}
      aria-invalid={invalid || (typed !== null && readNumber(typed, spec.integer) === null) || undefined}
      onChange={({ target }) => {
        setTyped(target.value);
        if (target.value.trim() === '') {
          if (!spec.required) onChange(undefined);
          return;
        }
        const number = readNumber(target.value, spec.integer);
        if (number !== null) onChange(number);
      }}
      onBlur={() => setTyped(null)}
    />
  );
}

function readNumber(text: string, integer: boolean): number | null {
  const number = Number(text.trim() === '' ? Number.NaN : text);
  if (!Number.isFinite(number) || (integer && !Number.isInteger(number))) return null;
  return number;
}

function bounds({ minimum, maximum }: { minimum?: number; maximum?: number }): string | undefined {
  if (minimum !== undefined && maximum !== undefined) return `${minimum} to ${maximum}`;
  if (minimum !== undefined) return `${minimum} or more`;
  return maximum === undefined ? undefined : `${maximum} or less`;
}
