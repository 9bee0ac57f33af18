'use client';

import { Checkbox } from '#app/ui/checkbox.tsx';
import type { JsonValue } from '#lib/workflow/json.ts';
import type { Option } from './field-spec.ts';

export interface ChoicesFieldProps {
  options: readonly Option[];
  value: readonly JsonValue[];
  onChange(value: JsonValue[]): void;
  readOnly: boolean;
  describedBy: string | undefined;
}

/** Any number of what is offered, in the order in which it is offered. */
export function ChoicesField({ options, value, onChange, readOnly, describedBy }: ChoicesFieldProps) {
  const chosen = new Set(value.map((one) => JSON.stringify(one)));
  return (
    <ul className="flex flex-col">
      {options.map((option) => {
        const key = JSON.stringify(option.value);
        return (
          <li key={key}>
            {/* biome-ignore lint/a11y/noLabelWithoutControl: Checkbox is the control */}
            <label className="flex min-h-7 w-fit items-center gap-2">
              <Checkbox
                aria-describedby={describedBy}
                checked={chosen.has(key)}
                disabled={readOnly}
                onCheckedChange={(checked) => {
                  const next = new Set(chosen);
                  if (checked === true) next.add(key);
                  else next.delete(key);
                  onChange(
                    options.flatMap((one) => (next.has(JSON.stringify(one.value)) ? [one.value] : [])),
                  );
                }}
              />
              {option.label}
            </label>
          </li>
        );
      })}
    </ul>
  );
}
