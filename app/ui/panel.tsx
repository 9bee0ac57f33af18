import type { ComponentProps, ReactNode } from 'react';
import { classNames } from './class-names.ts';

/** A part of the screen with its own head: `title` at the left, `actions` at the right. */
export function Panel({
  title,
  actions,
  className,
  children,
  ...rest
}: Omit<ComponentProps<'section'>, 'title'> & { title: ReactNode; actions?: ReactNode }) {
  return (
    <section {...rest} className={classNames('flex min-h-0 flex-col bg-surface', className)}>
      <header className="flex h-9 shrink-0 items-center justify-between gap-2 border-b border-line px-3">
        <h2 className="min-w-0 truncate text-13 font-medium">{title}</h2>
        {actions && <div className="flex items-center gap-1">{actions}</div>}
      </header>
      <div className="min-h-0 flex-1 overflow-auto">{children}</div>
    </section>
  );
}
