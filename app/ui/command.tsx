'use client';

import { Command as Cmdk } from 'cmdk';
import { Search } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import type { ComponentProps, ReactNode } from 'react';
import { classNames } from './class-names.ts';
import { Kbd } from './kbd.tsx';

/** A list one types into: palettes, pickers. */
export function Command({ className, ...rest }: ComponentProps<typeof Cmdk>) {
  return <Cmdk {...rest} className={classNames('flex min-h-0 flex-col overflow-hidden', className)} />;
}

export function CommandInput({ className, ...rest }: ComponentProps<typeof Cmdk.Input>) {
  return (
    <div className="flex h-10 shrink-0 items-center gap-2 border-b border-line px-3">
      <Search aria-hidden className="size-4 shrink-0 text-muted" />
      <Cmdk.Input
        {...rest}
        className={classNames('h-full w-full bg-transparent text-14 text-ink outline-none', className)}
      />
    </div>
  );
}

export function CommandList({ className, ...rest }: ComponentProps<typeof Cmdk.List>) {
  return (
    <Cmdk.List {...rest} className={classNames('max-h-80 scroll-py-1 overflow-y-auto p-1', className)} />
  );
}

export function CommandEmpty(props: ComponentProps<typeof Cmdk.Empty>) {
  return <Cmdk.Empty {...props} className="px-3 py-6 text-center text-13 text-muted" />;
}

export function CommandGroup({ className, ...rest }: ComponentProps<typeof Cmdk.Group>) {
  return (
    <Cmdk.Group
      {...rest}
      className={classNames(
        '[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-12 [&_[cmdk-group-heading]]:text-muted',
        className,
      )}
    />
  );
}

export function CommandItem({
  keys,
  className,
  children,
  ...rest
}: ComponentProps<typeof Cmdk.Item> & { keys?: string }) {
  return (
    <Cmdk.Item
      {...rest}
      className={classNames(
        'flex min-h-8 cursor-default select-none items-center gap-2 rounded-sm px-2 py-1 text-13 data-[disabled=true]:opacity-50 data-[selected=true]:bg-hover [&>svg]:size-4 [&>svg]:shrink-0 [&>svg]:text-muted',
        className,
      )}
    >
      {children}
      {keys && (
        <span className="ml-auto pl-4">
          <Kbd>{keys}</Kbd>
        </span>
      )}
    </Cmdk.Item>
  );
}

export interface CommandDialogProps {
  open: boolean;
  onOpenChange(open: boolean): void;
  /** Told to screen readers. */
  title: string;
  children: ReactNode;
}

/** A Command in front of the page. */
export function CommandDialog({ open, onOpenChange, title, children }: CommandDialogProps) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="motion-float fixed inset-0 z-40 bg-overlay" />
        <Radix.Content
          aria-describedby={undefined}
          className="motion-float fixed top-[14vh] right-4 left-4 z-40 mx-auto max-w-[560px] overflow-hidden rounded-md border border-line bg-raised shadow-float focus:outline-none"
        >
          <Radix.Title className="sr-only">{title}</Radix.Title>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
