'use client';

import Link from 'next/link';
import type { ReactNode } from 'react';
import { classNames } from '#app/ui/class-names.ts';

export interface SideIndexEntry {
  href: string;
  label: string;
}

/** Parts of a page at its left, and the page. `current`: the entry one is at, by its address. */
export function SideIndex({
  label,
  entries,
  current,
  children,
}: {
  /** Told to screen readers. */
  label: string;
  entries: readonly SideIndexEntry[];
  current: string | null;
  children: ReactNode;
}) {
  return (
    <div className="flex items-start gap-8 max-[1000px]:flex-col max-[1000px]:gap-4">
      <nav
        aria-label={label}
        className="sticky top-24 flex w-40 shrink-0 flex-col gap-0.5 max-[1000px]:static max-[1000px]:w-full max-[1000px]:flex-row max-[1000px]:flex-wrap"
      >
        {entries.map(({ href, label: name }) => (
          <Link
            key={href}
            href={href}
            aria-current={href === current ? 'true' : undefined}
            className={classNames(
              'flex h-7 items-center rounded-md px-2 text-13 text-muted hover:bg-hover hover:text-ink',
              href === current && 'bg-selected font-medium text-ink',
            )}
          >
            {name}
          </Link>
        ))}
      </nav>
      <div className="flex w-full min-w-0 flex-1 flex-col gap-4">{children}</div>
    </div>
  );
}
