'use client';

import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { IconButton } from './icon-button.tsx';

export const Sheet = Radix.Root;
export const SheetTrigger = Radix.Trigger;

export interface SheetContentProps {
  title: string;
  description?: ReactNode;
  footer?: ReactNode;
  /** Width in px. */
  width?: number;
  children: ReactNode;
}

/** A panel that slides over the right side, for what needs more room than a dialog. */
export function SheetContent({ title, description, footer, width = 480, children }: SheetContentProps) {
  return (
    <Radix.Portal>
      <Radix.Overlay className="motion-float fixed inset-0 z-40 bg-overlay" />
      <Radix.Content
        {...(description ? {} : { 'aria-describedby': undefined })}
        style={{ width }}
        className="motion-panel fixed inset-y-0 right-0 z-40 flex max-w-full flex-col border-l border-line bg-raised shadow-float focus:outline-none"
      >
        <header className="flex items-start justify-between gap-3 border-b border-line px-4 py-3">
          <div className="min-w-0">
            <Radix.Title className="text-16 font-semibold">{title}</Radix.Title>
            {description && (
              <Radix.Description className="mt-0.5 text-13 text-muted">{description}</Radix.Description>
            )}
          </div>
          <Radix.Close asChild>
            <IconButton label="Close">
              <X />
            </IconButton>
          </Radix.Close>
        </header>
        <div className="min-h-0 flex-1 overflow-y-auto p-4">{children}</div>
        {footer && (
          <footer className="flex justify-end gap-2 border-t border-line px-4 py-3">{footer}</footer>
        )}
      </Radix.Content>
    </Radix.Portal>
  );
}
