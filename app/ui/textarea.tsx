import type { ComponentProps } from 'react';
import { classNames } from './class-names.ts';
import { fieldStyle } from './field-style.ts';

export function Textarea({ className, mono, ...rest }: ComponentProps<'textarea'> & { mono?: boolean }) {
  return (
    <textarea
      rows={3}
      spellCheck={mono ? false : undefined}
      {...rest}
      className={classNames(
        fieldStyle,
        'field-sizing-content min-h-14 px-2 py-1',
        mono && 'font-mono text-12',
        className,
      )}
    />
  );
}
