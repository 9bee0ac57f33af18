'use client';

import { type ReactNode, useMemo, useState } from 'react';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { Segmented } from '#app/ui/segmented.tsx';
import { isJsonObject, type JsonSchema, type JsonValue } from '#lib/workflow/json.ts';
import type { Problem } from '#lib/workflow/problem.ts';
import { ArgumentField } from './argument-field.tsx';
import { FieldFrame } from './field-frame.tsx';
import { type FieldSpec, schemaFields } from './field-spec.ts';
import { useForm } from './form-context.tsx';
import { JsonField } from './json-field.tsx';
import type { JsonPath } from './json-path.ts';
import { KeyValueField } from './key-value-field.tsx';

export interface ArgumentsFieldProps {
  spec: FieldSpec;
  value: JsonValue | undefined;
  path: JsonPath;
  title: string;
  /** Of the field and what is in it. */
  problems: readonly Problem[];
}

/** The arguments of something that says what it takes: a form made of its schema, or JSON. */
export function ArgumentsField({
  spec,
  value,
  path,
  title,
  problems,
  schema,
  missing,
}: ArgumentsFieldProps & {
  /** Of the arguments; null while it is not known. */
  schema: JsonSchema | null;
  /** What is to be done so that it gets known. */
  missing: ReactNode;
}) {
  const { change, scope, sample, readOnly } = useForm();
  const [mode, setMode] = useState<'form' | 'json'>('form');
  const given = isJsonObject(value) ? value : {};
  const fields = useMemo(() => membersOf(schema), [schema]);
  const strangers =
    fields && Object.keys(given).filter((name) => !fields.some((field) => field.name === name));
  const open = schema !== null && schema['additionalProperties'] !== false;
  const relative = problems.map((problem) => ({ ...problem, field: problem.field?.slice(path.length) }));
  const common = { label: title, scope, sample, readOnly, problems: relative };

  const form = (): ReactNode => {
    if (fields === null) {
      return Object.keys(given).length === 0 ? (
        <p className="text-12 text-muted">{missing}</p>
      ) : (
        <KeyValueField {...common} template anyValue value={given} onChange={(next) => change(path, next)} />
      );
    }
    if (fields.length === 0 && open && strangers) {
      return (
        <KeyValueField {...common} template anyValue value={given} onChange={(next) => change(path, next)} />
      );
    }
    return (
      <div className="flex min-w-0 flex-col gap-3 border-l border-line pl-3">
        {fields.length === 0 && <p className="text-12 text-muted">It takes no arguments.</p>}
        {fields.map((field) => (
          <ArgumentField
            key={field.name}
            spec={field}
            value={given[field.name]}
            path={[...path, field.name]}
          />
        ))}
        {strangers && strangers.length > 0 && (
          <FieldMessage
            severity="warning"
            message={`Also given, and not among its arguments: ${strangers.join(', ')}. They can be changed as JSON.`}
          />
        )}
      </div>
    );
  };

  return (
    <FieldFrame
      title={title}
      description={fields === null ? undefined : spec.description}
      // What is wrong with one of them is said there.
      problems={
        mode === 'json' || !fields?.length
          ? problems
          : problems.filter(({ field }) => field?.length === path.length)
      }
      group
      aside={
        <Segmented<'form' | 'json'>
          label={`${title} as`}
          value={mode}
          onValueChange={setMode}
          options={[
            { value: 'form', label: 'Form' },
            { value: 'json', label: 'JSON' },
          ]}
        />
      }
    >
      {({ describedBy, invalid }) =>
        mode === 'form' ? (
          form()
        ) : (
          <JsonField
            {...common}
            value={value}
            onChange={(next) => change(path, next)}
            template
            placeholder={spec.placeholder}
            describedBy={describedBy}
            invalid={invalid}
          />
        )
      }
    </FieldFrame>
  );
}

/** Each argument as a field whose texts may hold expressions, the needed first; null for what is no object. */
function membersOf(schema: JsonSchema | null): FieldSpec[] | null {
  if (schema === null) return null;
  const root = schemaFields({ type: 'object', properties: {}, ...schema, template: true });
  if (root.control !== 'object') return null;
  return root.fields.toSorted((one, other) => Number(other.required) - Number(one.required));
}
