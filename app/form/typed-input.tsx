'use client';

import { useState } from 'react';
import { Field } from '#app/ui/field.tsx';
import { Input } from '#app/ui/input.tsx';
import type { JsonValue } from '#lib/workflow/json.ts';
import { readTyped, type SchemaType } from './schema-rows.ts';

export interface TypedInputProps {
  label: string;
  type: SchemaType;
  value: JsonValue | undefined;
  onChange(value: JsonValue | undefined): void;
  mono?: boolean;
  readOnly: boolean;
}

const examples: Partial<Record<SchemaType, string>> = {
  boolean: 'true or false',
  array: '["a", "b"]',
  object: '{ "a": 1 }',
};

/** A value of one JSON type, typed as text. What does not fit is not taken. */
export function TypedInput({ label, type, value, onChange, mono, readOnly }: TypedInputProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const printed =
    value === undefined ? '' : typeof value === 'string' && type === 'string' ? value : JSON.stringify(value);
  const fault = typed !== null && readTyped(typed, type) === null ? `Not ${nouns[type]} yet.` : null;
  return (
    <Field label={label} error={fault}>
      {(ids) => (
        <Input
          {...ids}
          mono={mono}
          value={typed ?? printed}
          placeholder={examples[type]}
          readOnly={readOnly}
          onChange={({ target }) => {
            setTyped(target.value);
            const read = readTyped(target.value, type);
            if (read) onChange(read.value);
          }}
          onBlur={() => setTyped(null)}
        />
      )}
    </Field>
  );
}

const nouns: Record<SchemaType, string> = {
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
  any: 'JSON',
};
