'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useSession } from '#app/data/use-session.ts';
import { classNames } from '#app/ui/class-names.ts';

const TABS = [
  { href: '/organization', label: 'General' },
  { href: '/organization/members', label: 'Members' },
  { href: '/organization/sign-in', label: 'Signing in' },
  { href: '/organization/audit', label: 'Audit log' },
];

/** Name and parts of the organization. */
export function OrganizationHeader() {
  const path = usePathname();
  const session = useSession();
  return (
    <header className="sticky top-0 z-20 border-b border-line bg-surface px-6">
      <div className="flex h-12 min-w-0 items-center gap-2">
        <span className="truncate text-14 font-semibold">{session.data?.organization.name}</span>
      </div>
      <nav aria-label="Organization" className="-mb-px flex gap-4">
        {TABS.map(({ href, label }) => (
          <Link
            key={href}
            href={href}
            aria-current={path === href ? 'page' : undefined}
            className={classNames(
              'inline-flex h-8 items-center border-b-2 text-13',
              path === href
                ? 'border-accent font-medium text-ink'
                : 'border-transparent text-muted hover:text-ink',
            )}
          >
            {label}
          </Link>
        ))}
      </nav>
    </header>
  );
}
