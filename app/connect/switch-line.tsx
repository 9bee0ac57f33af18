'use client';

import { useId } from 'react';
import { Switch } from '#app/ui/switch.tsx';

/** Something that is on or off, with what that means. */
export function SwitchLine({
  label,
  description,
  checked,
  onChange,
}: {
  label: string;
  description: string;
  checked: boolean;
  onChange(checked: boolean): void;
}) {
  const id = useId();
  return (
    <div className="flex items-start justify-between gap-3">
      <div className="flex min-w-0 flex-col gap-0.5">
        <label htmlFor={id} className="text-12 font-medium">
          {label}
        </label>
        <p id={`${id}-description`} className="text-12 text-muted">
          {description}
        </p>
      </div>
      <Switch
        id={id}
        className="mt-0.5"
        aria-describedby={`${id}-description`}
        checked={checked}
        onCheckedChange={onChange}
      />
    </div>
  );
}
