'use client';

import { type ReactNode, useEffect, useRef } from 'react';

export interface PageBodyProps {
  title: string;
  /** Under the title, in a sentence. */
  description?: ReactNode;
  /** Buttons at the right; the primary one last. */
  actions?: ReactNode;
  children: ReactNode;
}

/** A page that is not the canvas: its name, what can be done, and its content. */
export function PageBody({ title, description, actions, children }: PageBodyProps) {
  return (
    <main className="mx-auto flex w-full max-w-280 flex-col gap-4 px-6 py-6">
      <header className="flex flex-wrap items-start justify-between gap-3">
        <div className="min-w-0">
          <h1 className="text-20 font-semibold">{title}</h1>
          {description && <p className="mt-1 max-w-160 text-13 text-muted">{description}</p>}
        </div>
        {actions && <div className="flex items-center gap-2">{actions}</div>}
      </header>
      {children}
    </main>
  );
}

export interface SectionProps extends PageBodyProps {
  /** An address that ends in `#<id>` leads here. */
  id?: string;
}

/** A part of a page with a frame and its own head. */
export function Section({ id, title, description, actions, children }: SectionProps) {
  const section = useRef<HTMLElement>(null);
  // The browser looked for it before it was loaded.
  useEffect(() => {
    if (id !== undefined && window.location.hash === `#${id}`) section.current?.scrollIntoView();
  }, [id]);
  return (
    <section
      ref={section}
      id={id}
      aria-label={title}
      className="scroll-mt-24 overflow-hidden rounded-md border border-line bg-surface"
    >
      <header className="flex flex-wrap items-center justify-between gap-2 border-b border-line px-4 py-2.5">
        <div className="min-w-0">
          <h2 className="text-14 font-semibold">{title}</h2>
          {description && <p className="mt-0.5 text-12 text-muted">{description}</p>}
        </div>
        {actions && <div className="flex items-center gap-2">{actions}</div>}
      </header>
      {children}
    </section>
  );
}
