'use client';

import { Disclosure } from '#app/ui/disclosure.tsx';
import type { JsonValue } from '#lib/workflow/json.ts';
import type { FieldSpec } from './field-spec.ts';
import { useForm } from './form-context.tsx';
import { FormField } from './form-field.tsx';
import { isWithin, type JsonPath, valueAt } from './json-path.ts';

export interface ObjectFieldsProps {
  fields: readonly FieldSpec[];
  /** The object they are members of. */
  value: JsonValue | undefined;
  path: JsonPath;
}

/** The members of an object, those that are seldom changed folded under "More". */
export function ObjectFields({ fields, value, path }: ObjectFieldsProps) {
  const { problems } = useForm();
  const visible = fields.filter((field) => isShown(field, fields, value));
  const advanced = visible.filter((field) => field.advanced);
  const troubled = advanced.some(({ name }) =>
    problems.some(({ field }) => field && isWithin(field, [...path, name])),
  );
  const draw = (field: FieldSpec) => (
    <FormField
      key={field.name}
      spec={field}
      value={valueAt(value, [field.name])}
      path={[...path, field.name]}
    />
  );
  return (
    <div className="flex min-w-0 flex-col gap-3">
      {visible.filter((field) => !field.advanced).map(draw)}
      {advanced.length > 0 && (
        <Disclosure title="More" defaultOpen={troubled}>
          <div className="flex min-w-0 flex-col gap-3">{advanced.map(draw)}</div>
        </Disclosure>
      )}
    </div>
  );
}

function isShown(
  { control, showIf }: FieldSpec,
  fields: readonly FieldSpec[],
  value: JsonValue | undefined,
): boolean {
  if (control === 'id') return false;
  if (!showIf) return true;
  const sibling = valueAt(value, [showIf.field]) ?? fields.find(({ name }) => name === showIf.field)?.initial;
  return sibling !== undefined && showIf.in.includes(sibling);
}
