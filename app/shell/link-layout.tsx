import type { ReactNode } from 'react';
import { Wordmark } from '#app/shell/wordmark.tsx';
import { ThemeSwitch } from '#app/ui/theme-switch.tsx';

/** Pages for people who were sent a link: nothing of the application around the question. */
export function LinkLayout({ children }: { children: ReactNode }) {
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="flex h-12 items-center justify-between px-4">
        <Wordmark />
        <ThemeSwitch />
      </header>
      <main className="mx-auto flex w-full max-w-140 flex-1 flex-col px-4 pt-[8vh] pb-16">{children}</main>
    </div>
  );
}
