'use client';

import { useState } from 'react';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { Segmented } from '#app/ui/segmented.tsx';
import { isJsonObject, type JsonSchema, type JsonValue } from '#lib/workflow/json.ts';
import { JsonField } from './json-field.tsx';
import { RawNote } from './raw-note.tsx';
import { SchemaMembers } from './schema-members.tsx';
import { rawKeywords, typeOf } from './schema-rows.ts';

export interface SchemaEditorProps {
  value: JsonSchema;
  onChange(value: JsonSchema): void;
  label: string;
  readOnly?: boolean;
}

/** A JSON Schema of an object: row by row, or raw. Both edit the same value and lose nothing of each other's. */
export function SchemaEditor({ value, onChange, label, readOnly = false }: SchemaEditorProps) {
  const type = typeOf(value);
  const visual = type === 'object' || type === 'any';
  const [mode, setMode] = useState<'visual' | 'raw'>(visual ? 'visual' : 'raw');
  const [fault, setFault] = useState<string | null>(null);
  const hidden = rawKeywords(value);
  const onRaw = (next: JsonValue | undefined): void => {
    setFault(rawFault(next));
    if (isJsonObject(next)) onChange(next);
  };
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <Segmented<'visual' | 'raw'>
        label={`${label} as`}
        value={visual ? mode : 'raw'}
        onValueChange={setMode}
        options={[
          { value: 'visual', label: 'Visual', disabled: !visual },
          { value: 'raw', label: 'Raw JSON' },
        ]}
        className="self-start"
      />
      {visual && mode === 'visual' ? (
        <>
          <SchemaMembers schema={value} onChange={onChange} label={label} readOnly={readOnly} depth={0} />
          {hidden.length > 0 && <RawNote words={hidden} />}
        </>
      ) : (
        <>
          <JsonField label={`${label} as raw JSON`} value={value} onChange={onRaw} readOnly={readOnly} />
          {fault && <FieldMessage severity="error" message={fault} />}
          {!visual && (
            <p className="text-12 text-muted">
              The rows show schemas with <code>"type": "object"</code> at the top; this one is edited here.
            </p>
          )}
        </>
      )}
    </div>
  );
}

function rawFault(value: JsonValue | undefined): string | null {
  if (!isJsonObject(value)) return 'A schema is an object: { "type": "object", "properties": { … } }.';
  const { properties, required } = value;
  if (properties !== undefined && !isJsonObject(properties)) {
    return '"properties" must be an object of schemas, by name.';
  }
  if (
    required !== undefined &&
    !(Array.isArray(required) && required.every((name) => typeof name === 'string'))
  ) {
    return '"required" must be a list of names.';
  }
  return null;
}
