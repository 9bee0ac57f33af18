'use client';

import { Switch } from '#app/ui/switch.tsx';
import type { JsonValue } from '#lib/workflow/json.ts';
import type { Problem } from '#lib/workflow/problem.ts';
import { emptyValue } from './empty-value.ts';
import { FieldFrame } from './field-frame.tsx';
import type { FieldSpec } from './field-spec.ts';
import { useForm } from './form-context.tsx';
import { FormField } from './form-field.tsx';
import type { JsonPath } from './json-path.ts';

export interface OptionalFieldProps {
  spec: FieldSpec & { control: 'optional' };
  value: JsonValue | undefined;
  path: JsonPath;
  title: string;
  problems: readonly Problem[];
}

/** A group that is there or is null: a switch, and its fields while it is on. */
export function OptionalField({ spec, value, path, title, problems }: OptionalFieldProps) {
  const { change, readOnly } = useForm();
  const on = value !== undefined && value !== null;
  return (
    <>
      <FieldFrame title={title} description={spec.description} problems={problems} inline>
        {({ id, describedBy }) => (
          <Switch
            id={id}
            aria-describedby={describedBy}
            checked={on}
            disabled={readOnly}
            onCheckedChange={(next) => change(path, next ? emptyValue(spec.content) : null)}
          />
        )}
      </FieldFrame>
      {on && (
        <div className="-mt-1 border-l border-line pl-3">
          <FormField spec={spec.content} value={value} path={path} title="" />
        </div>
      )}
    </>
  );
}
