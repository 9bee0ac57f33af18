'use client';

import { AlertDialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { Button } from './button.tsx';

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
}

/** Asks before what cannot be undone. */
export function ConfirmDialog({
  open,
  onOpenChange,
  title,
  description,
  action,
  onConfirm,
  busy,
}: ConfirmDialogProps) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="motion-float fixed inset-0 z-40 bg-overlay" />
        <Radix.Content className="motion-float fixed top-[20vh] right-4 left-4 z-40 mx-auto max-w-[420px] rounded-md border border-line bg-raised p-4 shadow-float">
          <Radix.Title className="text-16 font-semibold">{title}</Radix.Title>
          <Radix.Description className="mt-1 text-13 text-muted">{description}</Radix.Description>
          <div className="mt-4 flex justify-end gap-2">
            <Radix.Cancel asChild>
              <Button>Cancel</Button>
            </Radix.Cancel>
            <Button variant="danger" busy={busy} onClick={onConfirm}>
              {action}
            </Button>
          </div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
