'use client';

import { type ReactNode, useId } from 'react';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { Label } from '#app/ui/label.tsx';
import type { Problem } from '#lib/workflow/problem.ts';

export interface FieldFrameProps {
  title: string;
  description?: string;
  optional?: boolean;
  problems: readonly Problem[];
  /** At the right end of the title's line. */
  aside?: ReactNode;
  /** The control is more than one element: the title names a group. */
  group?: boolean;
  /** The title is told and not shown: what is around the control shows it. */
  quiet?: boolean;
  /** The control is small and stands before its title. */
  inline?: boolean;
  children(ids: { id: string; describedBy: string | undefined; invalid: boolean }): ReactNode;
}

/** Title, control, description and problems of one field. */
export function FieldFrame({
  title,
  description,
  optional,
  problems,
  aside,
  group,
  quiet,
  inline,
  children,
}: FieldFrameProps) {
  const id = useId();
  const errors = problems.length > 0;
  const describedBy =
    [description && `${id}-about`, errors && `${id}-problems`].filter(Boolean).join(' ') || undefined;
  const invalid = problems.some(({ severity }) => severity === 'error');
  const name = (
    <>
      {title}
      {optional && <span className="font-normal text-muted"> (optional)</span>}
    </>
  );
  const control = children({ id, describedBy, invalid });
  const body = (
    <>
      {inline && (
        <div className="flex min-h-6 items-center gap-2">
          {control}
          <Label htmlFor={id}>{name}</Label>
        </div>
      )}
      {title !== '' && !inline && (
        <div className={quiet ? 'sr-only' : 'flex min-h-5 items-center justify-between gap-2'}>
          {group ? (
            <span id={`${id}-title`} className="text-12 font-medium">
              {name}
            </span>
          ) : (
            // An editor is no labelable element, so that a click has to be sent to it.
            <Label htmlFor={id} onClick={() => document.getElementById(id)?.focus()}>
              {name}
            </Label>
          )}
          {aside}
        </div>
      )}
      {!inline && control}
      {description && (
        <p id={`${id}-about`} className="text-12 text-muted">
          {description}
        </p>
      )}
      {errors && (
        <div id={`${id}-problems`} className="flex flex-col gap-0.5">
          {problems.map((problem) => (
            <FieldMessage
              key={`${problem.code} ${problem.message} ${problem.start ?? ''}`}
              severity={problem.severity}
              message={problem.message}
            />
          ))}
        </div>
      )}
    </>
  );
  if (!group) return <div className="flex min-w-0 flex-col gap-1">{body}</div>;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be a flex container in all browsers
    <div
      role="group"
      aria-labelledby={title === '' ? undefined : `${id}-title`}
      className="flex min-w-0 flex-col gap-1"
    >
      {body}
    </div>
  );
}
