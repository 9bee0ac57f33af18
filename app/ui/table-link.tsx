import Link from 'next/link';
import type { ComponentProps } from 'react';
import { classNames } from './class-names.ts';

/** The link of a row: its words are the name, its area is the whole row. */
export function TableLink({ className, ...rest }: ComponentProps<typeof Link>) {
  return (
    <Link
      {...rest}
      className={classNames('font-medium text-ink after:absolute after:inset-0 hover:underline', className)}
    />
  );
}
