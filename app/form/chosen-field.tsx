'use client';

import Link from 'next/link';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { Select } from '#app/ui/select.tsx';

const NONE = 'none:';

export interface ChosenFieldProps {
  /** Id of what is chosen; empty = nothing. */
  value: string;
  onChange(value: string): void;
  required: boolean;
  readOnly: boolean;
  id: string;
  describedBy: string | undefined;
  invalid: boolean;
}

interface Choice {
  /** `connection` */
  noun: string;
  items: readonly { id: string; name: string; note: string }[] | undefined;
  failed: boolean;
  /** Where one is made. */
  href: string;
}

/** One of the things a project has. Something that was deleted stays chosen, and is named as missing. */
export function ChosenField({
  value,
  onChange,
  required,
  readOnly,
  id,
  describedBy,
  invalid,
  noun,
  items,
  failed,
  href,
}: ChosenFieldProps & Choice) {
  const missing = value !== '' && items !== undefined && !items.some((item) => item.id === value);
  const options = [
    ...(required ? [] : [{ value: NONE, label: 'None' }]),
    ...(items ?? []).map((item) => ({
      value: item.id,
      label: (
        <>
          {item.name}
          <span className="text-muted"> {item.note}</span>
        </>
      ),
    })),
    ...(missing || (items === undefined && value !== '')
      ? [{ value, label: missing ? `Missing ${noun} ${value}` : value }]
      : []),
  ];
  return (
    <div className="flex flex-col gap-1">
      <Select
        id={id}
        aria-describedby={describedBy}
        aria-invalid={invalid || missing}
        disabled={readOnly}
        placeholder={`Choose a ${noun}`}
        value={value === '' ? (required ? undefined : NONE) : value}
        options={options}
        onValueChange={(next) => onChange(next === NONE ? '' : next)}
      />
      {failed && <FieldMessage severity="error" message={`The ${noun}s could not be loaded.`} />}
      {missing && (
        <FieldMessage
          severity="error"
          message={`This project has no ${noun} “${value}” any more: choose another one.`}
        />
      )}
      {items?.length === 0 && (
        <p className="text-12 text-muted">
          {`There is no ${noun} yet. `}
          <Link href={href} className="text-accent-ink underline underline-offset-2">
            {`Add a ${noun}`}
          </Link>
        </p>
      )}
    </div>
  );
}
