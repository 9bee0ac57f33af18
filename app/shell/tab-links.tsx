'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import type { ReactNode } from 'react';
import { classNames } from '#app/ui/class-names.ts';

export interface TabLink {
  href: string;
  label: string;
  /** A number or a word about what is behind it. */
  badge?: ReactNode;
  /** Its address is the beginning of the others': it is current only where the address is the very same. */
  exact?: boolean;
}

/** Parts of a thing side by side, each with an address of its own. */
export function TabLinks({ label, tabs }: { label: string; tabs: readonly TabLink[] }) {
  const path = usePathname();
  return (
    <nav aria-label={label} className="flex gap-4 border-line border-b">
      {tabs.map(({ href, label: name, badge, exact = false }) => {
        const here = exact ? path === href : path === href || path.startsWith(`${href}/`);
        return (
          <Link
            key={href}
            href={href}
            aria-current={here ? 'page' : undefined}
            className={classNames(
              '-mb-px inline-flex h-8 items-center gap-1.5 border-b-2 text-13',
              here ? 'border-accent font-medium text-ink' : 'border-transparent text-muted hover:text-ink',
            )}
          >
            {name}
            {badge}
          </Link>
        );
      })}
    </nav>
  );
}
