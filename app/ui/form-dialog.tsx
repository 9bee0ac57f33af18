'use client';

import type { ReactNode } from 'react';
import { Button } from './button.tsx';
import { Dialog, DialogContent, DialogDescription, DialogFooter, DialogTitle } from './dialog.tsx';

export interface FormDialogProps {
  /** Left out: it is there for as long as it is drawn. */
  open?: boolean;
  onClose(): void;
  title: string;
  /** Under the title, in a sentence. */
  description: ReactNode;
  /** The primary button: `Create project`. */
  action: string;
  /** The action is under way. */
  busy: boolean;
  /** By button or by Enter; not while a field refuses what is in it. */
  onSubmit(): void;
  /** Fields, and what went wrong. */
  children: ReactNode;
}

/** A short form in front of the page: title, fields, Cancel and the action. */
export function FormDialog({
  open = true,
  onClose,
  title,
  description,
  action,
  busy,
  onSubmit,
  children,
}: FormDialogProps) {
  return (
    <Dialog open={open} onOpenChange={(next) => !next && onClose()}>
      <DialogContent>
        <form
          className="flex flex-col gap-3"
          onSubmit={(event) => {
            event.preventDefault();
            onSubmit();
          }}
        >
          <DialogTitle>{title}</DialogTitle>
          <DialogDescription>{description}</DialogDescription>
          {children}
          <DialogFooter>
            <Button onClick={onClose}>Cancel</Button>
            <Button type="submit" variant="primary" busy={busy}>
              {action}
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
