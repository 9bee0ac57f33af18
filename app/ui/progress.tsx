'use client';

import { Progress as Radix } from 'radix-ui';

export interface ProgressProps {
  label: string;
  /** 0 to 1; null while nobody knows. */
  value: number | null;
}

/** How far something is. */
export function Progress({ label, value }: ProgressProps) {
  return (
    <Radix.Root
      aria-label={label}
      value={value === null ? null : Math.round(value * 100)}
      className="h-1 w-full overflow-hidden rounded-full bg-hover"
    >
      <Radix.Indicator
        className={
          value === null ? 'h-full w-1/3 animate-pulse bg-accent' : 'h-full bg-accent transition-[width]'
        }
        style={value === null ? undefined : { width: `${value * 100}%` }}
      />
    </Radix.Root>
  );
}
