'use client';

import { type ReactNode, useId } from 'react';
import { classNames } from './class-names.ts';
import { FieldMessage } from './field-message.tsx';
import { Label } from './label.tsx';

export interface FieldProps {
  label: string;
  /** Under the label, in one sentence. */
  description?: ReactNode;
  error?: string | null;
  optional?: boolean;
  /** At the right end of the label's line. */
  aside?: ReactNode;
  className?: string;
  /** Gets the ids that tie the control to its label and messages. */
  children: (ids: {
    id: string;
    'aria-describedby': string | undefined;
    'aria-invalid': true | undefined;
  }) => ReactNode;
}

/** A label, a control, and what there is to say about it. */
export function Field({ label, description, error, optional, aside, className, children }: FieldProps) {
  const id = useId();
  const described = [description && `${id}-description`, error && `${id}-error`].filter(Boolean).join(' ');
  return (
    <div className={classNames('flex min-w-0 flex-col gap-1', className)}>
      <div className="flex min-h-5 items-center justify-between gap-2">
        <Label htmlFor={id}>
          {label}
          {optional && <span className="font-normal text-muted"> (optional)</span>}
        </Label>
        {aside}
      </div>
      {children({ id, 'aria-describedby': described || undefined, 'aria-invalid': error ? true : undefined })}
      {description && (
        <p id={`${id}-description`} className="text-12 text-muted">
          {description}
        </p>
      )}
      {error && <FieldMessage id={`${id}-error`} severity="error" message={error} />}
    </div>
  );
}
