'use client';

import { useMemo, useRef, useState } from 'react';
import { Segmented } from '#app/ui/segmented.tsx';
import { isJsonObject, type JsonObject, type JsonSchema } from '#lib/workflow/json.ts';
import type { Problem } from '#lib/workflow/problem.ts';
import { schemaFields } from './field-spec.ts';
import { type FormContextValue, FormProvider } from './form-context.tsx';
import { FormField } from './form-field.tsx';
import { JsonField } from './json-field.tsx';
import { valueAt, withValueAt } from './json-path.ts';
import { EMPTY_SCOPE } from './scope.ts';

export interface SchemaFormProps {
  /** Schema of an object. */
  schema: JsonSchema;
  value: JsonObject;
  onChange(value: JsonObject): void;
  /** `field` begins at the value. */
  problems?: readonly Problem[];
  label?: string;
  /** For people who need not know JSON: no switch to it. */
  formOnly?: boolean;
}

const NONE: readonly Problem[] = [];

/** A value that a JSON Schema describes, as a form or as JSON: the input of a run. */
export function SchemaForm({
  schema,
  value,
  onChange,
  problems = NONE,
  label = 'Input',
  formOnly,
}: SchemaFormProps) {
  const spec = useMemo(() => schemaFields(schema), [schema]);
  const [mode, setMode] = useState<'form' | 'json'>('form');
  const latest = useRef(value);
  latest.current = value;
  const told = useRef(onChange);
  told.current = onChange;
  const form = useMemo(
    (): FormContextValue => ({
      change: (path, next) => {
        const changed = withValueAt(latest.current, path, next);
        if (!isJsonObject(changed)) return;
        latest.current = changed;
        told.current(changed);
      },
      read: (path) => valueAt(latest.current, path),
      problems,
      scope: EMPTY_SCOPE,
      sample: null,
      inside: null,
      projectSlug: null,
      readOnly: false,
    }),
    [problems],
  );
  const asForm = spec.control === 'object';
  return (
    <div className="flex min-w-0 flex-col gap-2">
      {asForm && !formOnly && (
        <Segmented<'form' | 'json'>
          label={`${label} as`}
          value={mode}
          onValueChange={setMode}
          options={[
            { value: 'form', label: 'Form' },
            { value: 'json', label: 'JSON' },
          ]}
          className="self-end"
        />
      )}
      {asForm && mode === 'form' ? (
        <FormProvider value={form}>
          <FormField spec={spec} value={value} path={[]} title="" />
        </FormProvider>
      ) : (
        <JsonField
          label={`${label} as JSON`}
          value={value}
          onChange={(next) => isJsonObject(next) && onChange(next)}
        />
      )}
    </div>
  );
}
