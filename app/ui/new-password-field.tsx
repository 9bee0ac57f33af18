'use client';

import { TextField } from './text-field.tsx';

/** As the server asks for it. */
const SHORTEST = 12;
const LONGEST = 256;

export interface NewPasswordFieldProps {
  label?: string;
  autoFocus?: boolean;
  value: string;
  onValueChange(value: string): void;
}

/** A password to choose. */
export function NewPasswordField({ label = 'Password', ...rest }: NewPasswordFieldProps) {
  return (
    <TextField
      {...rest}
      label={label}
      description={`At least ${SHORTEST} characters.`}
      type="password"
      autoComplete="new-password"
      required
      minLength={SHORTEST}
      maxLength={LONGEST}
    />
  );
}
