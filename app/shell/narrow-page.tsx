import type { ReactNode } from 'react';
import { classNames } from '#app/ui/class-names.ts';
import { ThemeSwitch } from '#app/ui/theme-switch.tsx';
import { Wordmark } from './wordmark.tsx';

/** A page with nothing of the application around it. `className`: how wide it is, and how far from the top. */
export function NarrowPage({ className, children }: { className: string; children: ReactNode }) {
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="flex h-12 items-center justify-between px-4">
        <Wordmark />
        <ThemeSwitch />
      </header>
      <main className={classNames('mx-auto flex w-full flex-1 flex-col px-4 pb-16', className)}>
        {children}
      </main>
    </div>
  );
}
