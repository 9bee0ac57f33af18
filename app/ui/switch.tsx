'use client';

import { Switch as Radix } from 'radix-ui';
import type { ComponentProps } from 'react';
import { classNames } from './class-names.ts';

/** On or off, at once. */
export function Switch({ className, ...rest }: ComponentProps<typeof Radix.Root>) {
  return (
    <Radix.Root
      {...rest}
      className={classNames(
        'inline-flex h-4 w-7 shrink-0 items-center rounded-full border border-faint bg-faint p-px transition-colors disabled:opacity-50 data-[state=checked]:border-accent data-[state=checked]:bg-accent',
        className,
      )}
    >
      <Radix.Thumb className="block size-3 rounded-full bg-on-accent transition-transform data-[state=checked]:translate-x-3" />
    </Radix.Root>
  );
}
