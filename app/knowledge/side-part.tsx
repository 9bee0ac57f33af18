import type { ReactNode } from 'react';

/** A part of the column beside a page. */
export function SidePart({
  title,
  actions,
  children,
}: {
  title: string;
  actions?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section aria-label={title} className="border-line border-b px-4 py-3 last:border-b-0">
      <header className="mb-1.5 flex min-h-6 items-center justify-between gap-2">
        <h2 className="font-semibold text-13">{title}</h2>
        {actions}
      </header>
      {children}
    </section>
  );
}
