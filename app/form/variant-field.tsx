'use client';

import { Select } from '#app/ui/select.tsx';
import { isJsonObject, type JsonObject, type JsonValue } from '#lib/workflow/json.ts';
import type { Problem } from '#lib/workflow/problem.ts';
import { emptyVariant } from './empty-value.ts';
import { FieldFrame } from './field-frame.tsx';
import type { FieldSpec, Variant } from './field-spec.ts';
import { useForm } from './form-context.tsx';
import type { JsonPath } from './json-path.ts';
import { ObjectFields } from './object-fields.tsx';

export interface VariantFieldProps {
  spec: FieldSpec & { control: 'variant' };
  value: JsonValue | undefined;
  path: JsonPath;
  title: string;
  problems: readonly Problem[];
}

/** Several shapes of one thing: a choice, and the fields of what was chosen. */
export function VariantField({ spec, value, path, title, problems }: VariantFieldProps) {
  const { change, readOnly } = useForm();
  const members: JsonObject = isJsonObject(value) ? value : {};
  const chosen = spec.variants.find((variant) => variant.value === members[spec.tag]);
  return (
    <>
      <FieldFrame title={title || 'Type'} description={spec.description} problems={problems}>
        {({ id, describedBy, invalid }) => (
          <Select
            id={id}
            aria-describedby={describedBy}
            aria-invalid={invalid}
            disabled={readOnly}
            value={chosen && String(chosen.value)}
            options={spec.variants.map((variant) => ({ value: String(variant.value), label: variant.title }))}
            onValueChange={(tag) => {
              const next = spec.variants.find((variant) => String(variant.value) === tag);
              if (next && next !== chosen) change(path, carriedOver(members, spec.tag, next));
            }}
          />
        )}
      </FieldFrame>
      {chosen && chosen.fields.length > 0 && (
        <div className="mt-2">
          <ObjectFields fields={chosen.fields} value={members} path={path} />
        </div>
      )}
    </>
  );
}

/** What the new shape has too, under the same name, is kept. */
function carriedOver(members: JsonObject, tag: string, next: Variant): JsonObject {
  const fresh = emptyVariant(tag, next);
  for (const { name } of next.fields) {
    const kept = members[name];
    if (kept !== undefined && (!(name in fresh) || typeof kept === typeof fresh[name])) fresh[name] = kept;
  }
  return fresh;
}
