import type { ComponentProps } from 'react';
import { classNames } from './class-names.ts';
import { fieldStyle } from './field-style.ts';

export interface InputProps extends ComponentProps<'input'> {
  /** Keys, paths and other text that a machine reads. */
  mono?: boolean;
}

export function Input({ className, mono, ...rest }: InputProps) {
  return (
    <input
      autoComplete="off"
      spellCheck={mono ? false : undefined}
      {...rest}
      className={classNames(fieldStyle, 'h-7 px-2', mono && 'font-mono text-12', className)}
    />
  );
}
