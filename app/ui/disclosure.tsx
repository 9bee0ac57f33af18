'use client';

import { ChevronRight } from 'lucide-react';
import { Collapsible } from 'radix-ui';
import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';

export interface DisclosureProps {
  title: ReactNode;
  defaultOpen?: boolean;
  open?: boolean;
  onOpenChange?(open: boolean): void;
  className?: string;
  children: ReactNode;
}

/** Folds what is seldom needed. */
export function Disclosure({ title, className, children, ...rest }: DisclosureProps) {
  return (
    <Collapsible.Root {...rest} className={classNames('w-full min-w-0', className)}>
      <Collapsible.Trigger className="group flex items-center gap-1 rounded-sm text-12 font-medium text-muted hover:text-ink">
        <ChevronRight
          aria-hidden
          className="size-3.5 transition-transform group-data-[state=open]:rotate-90"
        />
        {title}
      </Collapsible.Trigger>
      <Collapsible.Content className="pt-2">{children}</Collapsible.Content>
    </Collapsible.Root>
  );
}
