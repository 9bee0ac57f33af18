'use client';

import { useMemo, useRef } from 'react';
import { FieldMessage } from '#app/ui/field-message.tsx';
import type { JsonObject } from '#lib/workflow/json.ts';
import type { KindSpec } from '#lib/workflow/kind.ts';
import type { Problem } from '#lib/workflow/problem.ts';
import { kindFields } from './field-spec.ts';
import { type FormContextValue, FormProvider } from './form-context.tsx';
import { FormField } from './form-field.tsx';
import { type JsonPath, valueAt, withValueAt } from './json-path.ts';
import type { FormScope, Sample } from './scope.ts';

export interface KindFormProps {
  kind: KindSpec;
  config: JsonObject;
  /** `field` is what was changed: changes of one field that follow each other may be one undo step. */
  onChange(config: JsonObject, change: { field: JsonPath }): void;
  /** Of this node; `field` begins at the config. */
  problems: readonly Problem[];
  scope: FormScope;
  sample: Sample | null;
  /** The field of a loop that is read inside of it, and what can be read there. */
  inside?: FormContextValue['inside'];
  projectSlug: string;
  readOnly?: boolean;
}

/** The form of a node, made from its kind's schema. */
export function KindForm({
  kind,
  config,
  onChange,
  problems,
  scope,
  sample,
  inside = null,
  projectSlug,
  readOnly = false,
}: KindFormProps) {
  // Two fields may change before the page draws again: the second must see the first.
  const latest = useRef(config);
  latest.current = config;
  const told = useRef(onChange);
  told.current = onChange;
  const form = useMemo(
    (): FormContextValue => ({
      change: (path, value) => {
        const next = withValueAt(latest.current, path, value) as JsonObject;
        latest.current = next;
        told.current(next, { field: path });
      },
      read: (path) => valueAt(latest.current, path),
      problems,
      scope,
      sample,
      inside,
      projectSlug,
      readOnly,
    }),
    [problems, scope, sample, inside, projectSlug, readOnly],
  );
  const general = problems.filter(({ field }) => !field || field.length === 0);
  return (
    <FormProvider value={form}>
      <div className="flex min-w-0 flex-col gap-3">
        {general.map((problem) => (
          <FieldMessage
            key={`${problem.code} ${problem.message}`}
            severity={problem.severity}
            message={problem.message}
          />
        ))}
        <FormField spec={kindFields(kind)} value={config} path={[]} title="" />
      </div>
    </FormProvider>
  );
}
