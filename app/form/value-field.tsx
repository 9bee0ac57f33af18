'use client';

import { useState } from 'react';
import { Segmented } from '#app/ui/segmented.tsx';
import { isJsonObject, type JsonValue } from '#lib/workflow/json.ts';
import type { Problem } from '#lib/workflow/problem.ts';
import { FieldFrame } from './field-frame.tsx';
import type { FieldSpec } from './field-spec.ts';
import { useForm } from './form-context.tsx';
import { JsonField } from './json-field.tsx';
import type { JsonPath } from './json-path.ts';
import { KeyValueField } from './key-value-field.tsx';
import { TemplateField } from './template-field.tsx';

export interface ValueFieldProps {
  spec: FieldSpec & { control: 'value' };
  value: JsonValue | undefined;
  path: JsonPath;
  title: string;
  /** Of the field and what is in it. */
  problems: readonly Problem[];
}

type Mode = 'text' | 'fields' | 'json';

/** Any value with expressions in it: one text, names and texts, or JSON. Each shows the same value. */
export function ValueField({ spec, value, path, title, problems }: ValueFieldProps) {
  const form = useForm();
  const { change, readOnly } = form;
  const { scope, sample } = form.inside && form.inside.field === path[0] ? form.inside : form;
  const [chosen, setMode] = useState<Mode>(() => modeOf(value, spec.shape));
  const mode = fits(value, chosen) ? chosen : modeOf(value, spec.shape);
  const relative = problems.map((problem) => ({ ...problem, field: problem.field?.slice(path.length) }));
  const common = { label: title, scope, sample, readOnly };
  const modes = [
    ...(spec.shape === 'any' ? [{ value: 'text' as const, label: 'Text' }] : []),
    { value: 'fields' as const, label: 'Fields' },
    { value: 'json' as const, label: 'JSON' },
  ].map((option) => ({ ...option, disabled: !fits(value, option.value) }));
  return (
    <FieldFrame
      title={title}
      description={spec.description}
      optional={!spec.required && spec.initial === undefined}
      // What is about one of the names stands at it.
      problems={
        mode === 'fields' ? problems.filter((_, index) => !isAtName(relative[index]?.field, value)) : problems
      }
      group
      aside={
        !readOnly && (
          <Segmented<Mode> label={`${title} as`} value={mode} onValueChange={setMode} options={modes} />
        )
      }
    >
      {({ describedBy, invalid }) =>
        mode === 'text' ? (
          <TemplateField
            {...common}
            value={typeof value === 'string' ? value : ''}
            onChange={(next) => change(path, next === '' && !spec.required ? undefined : next)}
            lines="many"
            placeholder={spec.placeholder}
            remarks={relative.flatMap(({ start, end, severity, message }) =>
              start === undefined || end === undefined ? [] : [{ start, end, severity, message }],
            )}
            describedBy={describedBy}
            invalid={invalid}
          />
        ) : mode === 'fields' ? (
          <KeyValueField
            {...common}
            value={isJsonObject(value) ? value : {}}
            onChange={(next) =>
              change(path, Object.keys(next).length === 0 && !spec.required ? undefined : next)
            }
            template
            anyValue
            problems={relative}
          />
        ) : (
          <JsonField
            {...common}
            value={value}
            onChange={(next) => change(path, next)}
            template
            problems={relative}
            placeholder={spec.shape === 'object' ? '{ "name": "{{ input.text }}" }' : '"{{ input.text }}"'}
            describedBy={describedBy}
            invalid={invalid}
          />
        )
      }
    </FieldFrame>
  );
}

function isAtName(field: readonly (string | number)[] | undefined, value: JsonValue | undefined): boolean {
  const [name] = field ?? [];
  return typeof name === 'string' && isJsonObject(value) && Object.hasOwn(value, name);
}

/** The plainest way to show a value. */
function modeOf(value: JsonValue | undefined, shape: 'any' | 'object'): Mode {
  if (shape === 'any' && (value === undefined || typeof value === 'string')) return 'text';
  if (value === undefined) return 'fields';
  return isJsonObject(value) && Object.values(value).every((member) => typeof member !== 'object')
    ? 'fields'
    : 'json';
}

/** Whether a value can be shown so: what is empty fits everywhere. */
function fits(value: JsonValue | undefined, mode: Mode): boolean {
  if (mode === 'json' || value === undefined || value === '') return true;
  if (mode === 'text') return typeof value === 'string' || isEmpty(value);
  return isJsonObject(value);
}

function isEmpty(value: JsonValue): boolean {
  return isJsonObject(value) && Object.keys(value).length === 0;
}
