'use client';

import { classNames } from '#app/ui/class-names.ts';
import { Field } from '#app/ui/field.tsx';
import { fieldStyle } from '#app/ui/field-style.ts';

/** The time zone of this browser. */
export function ownTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** One of the IANA time zones. Native: typing finds one among hundreds. */
export function TimeZoneSelect({ value, onChange }: { value: string; onChange: (zone: string) => void }) {
  const known = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')];
  const zones = known.includes(value) ? known : [value, ...known];
  return (
    <Field label="Time zone">
      {(ids) => (
        <select
          {...ids}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          className={classNames(fieldStyle, 'h-7 px-2')}
        >
          {zones.map((zone) => (
            <option key={zone}>{zone}</option>
          ))}
        </select>
      )}
    </Field>
  );
}
