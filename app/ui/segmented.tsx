'use client';

import { ToggleGroup } from 'radix-ui';
import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';

export interface SegmentedProps<Value extends string> {
  label: string;
  value: Value;
  onValueChange(value: Value): void;
  options: readonly { value: Value; label: ReactNode; disabled?: boolean }[];
  className?: string;
}

/** Two to four views of the same thing: Form | JSON. */
export function Segmented<Value extends string>({
  label,
  value,
  onValueChange,
  options,
  className,
}: SegmentedProps<Value>) {
  return (
    <ToggleGroup.Root
      type="single"
      aria-label={label}
      value={value}
      onValueChange={(next) => next !== '' && onValueChange(next as Value)}
      className={classNames('inline-flex shrink-0 rounded-md border border-line bg-sunken p-px', className)}
    >
      {options.map((option) => (
        <ToggleGroup.Item
          key={option.value}
          value={option.value}
          disabled={option.disabled}
          className="h-5 rounded-sm px-1.5 text-12 text-muted transition-colors hover:text-ink disabled:opacity-50 data-[state=on]:bg-selected data-[state=on]:text-ink"
        >
          {option.label}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}
