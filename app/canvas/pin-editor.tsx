'use client';
import { useState } from 'react';
import { JsonField } from '#app/form/json-field.tsx';
import { Button } from '#app/ui/button.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import type { JsonSchema, JsonValue } from '#lib/workflow/json.ts';
import { misfits } from '#lib/workflow/misfit.ts';
import { type Pins, refusePin } from './system/pins.ts';

/** A value for a step, written or pasted as JSON. Where it is not what the step gives, that is said; it may be so. */
export function PinEditor({
  label,
  initial,
  schema,
  others,
  onSave,
  onCancel,
}: {
  label: string;
  initial: JsonValue;
  /** What is known of the step's value. */
  schema: JsonSchema;
  others: Pins;
  onSave: (value: JsonValue) => void;
  onCancel: () => void;
}) {
  const [value, setValue] = useState<JsonValue | undefined>(initial);
  const refused =
    value === undefined ? 'Write a value: null, a text in quotes, an object.' : refusePin(value, others);
  const warnings = value === undefined ? [] : misfits(schema, value);
  return (
    <div className="flex flex-col gap-2">
      <JsonField label={label} value={value} onChange={setValue} />
      {refused !== null && <FieldMessage severity="error" message={refused} />}
      {warnings.map((message) => (
        <FieldMessage key={message} severity="warning" message={message} />
      ))}
      <div className="flex justify-end gap-2">
        <Button size="small" onClick={onCancel}>
          Cancel
        </Button>
        <Button
          size="small"
          variant="primary"
          disabled={value === undefined || refused !== null}
          onClick={() => value !== undefined && onSave(value)}
        >
          Pin this value
        </Button>
      </div>
    </div>
  );
}
