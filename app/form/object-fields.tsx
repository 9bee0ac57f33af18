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
  const drawRow = ([first, second]: Row) =>
    second ? (
      <div key={`${first.name} ${second.name}`} className="grid min-w-0 grid-cols-2 gap-2">
        {[first, second].map(draw)}
      </div>
    ) : (
      draw(first)
    );
  return (
    <div className="flex min-w-0 flex-col gap-3">
      {rows(visible.filter((field) => !field.advanced)).map(drawRow)}
      {advanced.length > 0 && (
        <Disclosure title="More" defaultOpen={troubled}>
          <div className="flex min-w-0 flex-col gap-3">{rows(advanced).map(drawRow)}</div>
        </Disclosure>
      )}
    </div>
  );
}

type Row = [FieldSpec, FieldSpec?];

/** Narrow fields that follow each other share a line, two at a time. */
function rows(fields: readonly FieldSpec[]): Row[] {
  const made: Row[] = [];
  for (const field of fields) {
    const last = made.at(-1);
    if (field.half && last && !last[1] && last[0].half) last[1] = field;
    else made.push([field]);
  }
  return made;
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
