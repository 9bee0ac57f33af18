'use client';

import { Braces, SquarePen } from 'lucide-react';
import { useState } from 'react';
import { IconButton } from '#app/ui/icon-button.tsx';
import type { JsonValue } from '#lib/workflow/json.ts';
import { FieldFrame } from './field-frame.tsx';
import type { FieldSpec } from './field-spec.ts';
import { useForm } from './form-context.tsx';
import { FormField } from './form-field.tsx';
import { isWithin, type JsonPath } from './json-path.ts';
import { TemplateField } from './template-field.tsx';

export interface ArgumentFieldProps {
  spec: FieldSpec;
  value: JsonValue | undefined;
  path: JsonPath;
}

/** Fields into which an expression can be typed as it is. */
const WRITTEN: ReadonlySet<FieldSpec['control']> = new Set(['text', 'json', 'value']);

/** One argument, chosen or filled in as its schema says, or worked out by an expression. */
export function ArgumentField({ spec, value, path }: ArgumentFieldProps) {
  const { change, problems, scope, sample, readOnly } = useForm();
  const [wanted, setWanted] = useState(false);
  if (WRITTEN.has(spec.control)) return <FormField spec={spec} value={value} path={path} />;
  const isExpression = wanted || (typeof value === 'string' && value.includes('{{'));
  const words = isExpression ? 'Fill in a value' : 'Use an expression';
  const toggle = !readOnly && (
    <IconButton
      size="small"
      label={`${words}: ${spec.title}`}
      onClick={() => {
        setWanted(!isExpression);
        if (isExpression) change(path, undefined);
      }}
    >
      {isExpression ? <SquarePen /> : <Braces />}
    </IconButton>
  );
  if (!isExpression) {
    return (
      <div className="relative min-w-0">
        <FormField spec={spec} value={value} path={path} />
        <span className="absolute -top-0.5 right-0">{toggle}</span>
      </div>
    );
  }
  return (
    <FieldFrame
      title={spec.title}
      description={spec.description}
      optional={!spec.required}
      problems={problems.filter(({ field }) => field && isWithin(field, path))}
      aside={toggle}
    >
      {(ids) => (
        <TemplateField
          {...ids}
          label={spec.title}
          value={typeof value === 'string' ? value : ''}
          onChange={(next) => change(path, next === '' ? undefined : next)}
          placeholder="{{ input.value }}"
          scope={scope}
          sample={sample}
          readOnly={readOnly}
        />
      )}
    </FieldFrame>
  );
}
