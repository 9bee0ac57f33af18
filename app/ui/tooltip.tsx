'use client';

import { Tooltip as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { Kbd } from './kbd.tsx';

export function TooltipProvider({ children }: { children: ReactNode }) {
  return (
    <Radix.Provider delayDuration={400} skipDelayDuration={200}>
      {children}
    </Radix.Provider>
  );
}

export interface TooltipProps {
  content: ReactNode;
  /** A key combination, shown after the words. */
  keys?: string;
  side?: 'top' | 'right' | 'bottom' | 'left';
  /** What is explained; one element that takes a ref. */
  children: ReactNode;
}

/** A short explanation on hover and on focus. Never the only place where something is said. */
export function Tooltip({ content, keys, side = 'bottom', children }: TooltipProps) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          side={side}
          sideOffset={4}
          collisionPadding={8}
          className="motion-float z-50 flex max-w-72 items-center gap-2 rounded-md border border-line bg-raised px-2 py-1 text-12 text-ink shadow-float"
        >
          {content}
          {keys && <Kbd>{keys}</Kbd>}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
