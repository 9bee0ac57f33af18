import type { ReactNode } from 'react';

/** A key or a combination: `⌘K`. */
export function Kbd({ children }: { children: ReactNode }) {
  return (
    <kbd className="rounded-sm border border-line bg-sunken px-1 font-sans text-12 leading-4 text-muted">
      {children}
    </kbd>
  );
}
