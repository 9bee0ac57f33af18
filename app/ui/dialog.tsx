'use client';

import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import type { ComponentProps } from 'react';
import { classNames } from './class-names.ts';
import { IconButton } from './icon-button.tsx';

export const Dialog = Radix.Root;

/** A question or a short form in front of the page. Holds a DialogTitle; without a DialogDescription say `aria-describedby={undefined}`. */
export function DialogContent({
  className,
  children,
  closable = true,
  ...rest
}: ComponentProps<typeof Radix.Content> & {
  /** False where something must be answered: there is no button that closes it. */
  closable?: boolean;
}) {
  return (
    <Radix.Portal>
      <Radix.Overlay className="motion-float fixed inset-0 z-40 bg-overlay" />
      <Radix.Content
        {...rest}
        className={classNames(
          'motion-float fixed top-[12vh] right-4 left-4 z-40 mx-auto flex max-h-[76vh] max-w-120 flex-col gap-3 overflow-y-auto rounded-md border border-line bg-raised p-4 text-13 text-ink shadow-float focus:outline-none',
          className,
        )}
      >
        {children}
        {closable && (
          <Radix.Close asChild>
            <IconButton label="Close" size="small" className="absolute top-3 right-3">
              <X />
            </IconButton>
          </Radix.Close>
        )}
      </Radix.Content>
    </Radix.Portal>
  );
}

export function DialogTitle({ className, ...rest }: ComponentProps<typeof Radix.Title>) {
  return <Radix.Title {...rest} className={classNames('pr-8 text-16 font-semibold', className)} />;
}

export function DialogDescription({ className, ...rest }: ComponentProps<typeof Radix.Description>) {
  return <Radix.Description {...rest} className={classNames('-mt-2 text-13 text-muted', className)} />;
}

/** Buttons at the end; the primary one last. */
export function DialogFooter({ className, ...rest }: ComponentProps<'div'>) {
  return <div {...rest} className={classNames('flex justify-end gap-2 pt-1', className)} />;
}
