'use client';

import { AlertDialog as Radix } from 'radix-ui';
import { type ReactNode, useState } from 'react';
import { Button } from './button.tsx';
import { TextField } from './text-field.tsx';

export interface ConfirmDialogProps {
  open: boolean;
  onOpenChange(open: boolean): void;
  /** A question: `Delete the project Orders?` */
  title: string;
  /** What will be lost, in a sentence. */
  description: ReactNode;
  /** The verb on the button: `Delete project`. */
  action: string;
  onConfirm(): void;
  busy?: boolean;
  /** What has to be typed first, where much is lost: the name of the thing. */
  mustType?: string;
  /** More to say than a sentence: a list. */
  children?: ReactNode;
}

/** Asks before what cannot be undone. */
export function ConfirmDialog({ open, onOpenChange, ...rest }: ConfirmDialogProps) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="motion-float fixed inset-0 z-40 bg-overlay" />
        <Radix.Content className="motion-float fixed top-[14vh] right-4 left-4 z-40 mx-auto max-h-[76vh] max-w-[440px] overflow-y-auto rounded-md border border-line bg-raised p-4 text-13 shadow-float">
          <Question {...rest} />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** Made anew each time it is asked: what was typed is gone. */
function Question({
  title,
  description,
  action,
  onConfirm,
  busy,
  mustType,
  children,
}: Omit<ConfirmDialogProps, 'open' | 'onOpenChange'>) {
  const [text, setText] = useState('');
  const ready = mustType === undefined || text.trim() === mustType;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) onConfirm();
      }}
    >
      <Radix.Title className="text-16 font-semibold">{title}</Radix.Title>
      <Radix.Description className="mt-1 text-13 text-muted">{description}</Radix.Description>
      {children && <div className="mt-3">{children}</div>}
      {mustType !== undefined && (
        <div className="mt-3">
          <TextField
            label={`Type ${mustType} to confirm`}
            mono
            autoFocus
            spellCheck={false}
            value={text}
            onValueChange={setText}
          />
        </div>
      )}
      <div className="mt-4 flex justify-end gap-2">
        <Radix.Cancel asChild>
          <Button>Cancel</Button>
        </Radix.Cancel>
        <Button type="submit" variant="danger" busy={busy} disabled={!ready}>
          {action}
        </Button>
      </div>
    </form>
  );
}
