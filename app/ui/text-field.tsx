'use client';

import type { ReactNode } from 'react';
import { Field } from './field.tsx';
import { Input, type InputProps } from './input.tsx';

export interface TextFieldProps extends Omit<InputProps, 'value' | 'onChange' | 'id' | 'children'> {
  label: string;
  description?: ReactNode;
  error?: string | null;
  optional?: boolean;
  value: string;
  onValueChange(value: string): void;
}

/** One line of text with its label and what there is to say about it. */
export function TextField({ label, description, error, optional, onValueChange, ...input }: TextFieldProps) {
  return (
    <Field label={label} description={description} error={error} optional={optional}>
      {(ids) => <Input {...input} {...ids} onChange={(event) => onValueChange(event.target.value)} />}
    </Field>
  );
}
