'use client';

import { LayoutList, LogOut } from 'lucide-react';
import Link from 'next/link';
import { usePathname, useRouter } from 'next/navigation';
import type { Session } from '#app/data/types.ts';
import { useSignOut } from '#app/data/use-sign-out.ts';
import { classNames } from '#app/ui/class-names.ts';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '#app/ui/dropdown-menu.tsx';
import { ThemeSwitch } from '#app/ui/theme-switch.tsx';
import { Tooltip } from '#app/ui/tooltip.tsx';
import { Wordmark } from './wordmark.tsx';

/** The narrow bar at the left: where one can go, the theme, and who one is. */
export function NavRail({ session }: { session: Session }) {
  const path = usePathname();
  return (
    <nav
      aria-label="Main"
      className="flex w-14 shrink-0 flex-col items-center gap-1 border-r border-line bg-surface py-3"
    >
      <Link href="/projects" className="mb-3 rounded-md p-1">
        <Wordmark compact />
      </Link>
      <Tooltip content="Projects" side="right">
        <Link
          href="/projects"
          aria-label="Projects"
          aria-current={path.startsWith('/projects') ? 'page' : undefined}
          className={classNames(
            'grid size-9 place-items-center rounded-md text-muted hover:bg-hover hover:text-ink',
            path.startsWith('/projects') && 'bg-selected text-ink',
          )}
        >
          <LayoutList aria-hidden className="size-4.5" />
        </Link>
      </Tooltip>
      <div className="flex-1" />
      <ThemeSwitch />
      <Account session={session} />
    </nav>
  );
}

function Account({ session }: { session: Session }) {
  const router = useRouter();
  const signOut = useSignOut();
  const { user, organization, role } = session;
  return (
    <DropdownMenu>
      <DropdownMenuTrigger
        aria-label={`${initials(user.name)}: account of ${user.name}`}
        className="grid size-8 place-items-center rounded-full bg-hover text-12 font-semibold text-ink hover:bg-selected"
      >
        {initials(user.name)}
      </DropdownMenuTrigger>
      <DropdownMenuContent side="right" align="end">
        <DropdownMenuLabel>
          {user.name} · {role} of {organization.name}
        </DropdownMenuLabel>
        <DropdownMenuSeparator />
        <DropdownMenuItem
          onSelect={() => signOut.mutate(undefined, { onSuccess: () => router.replace('/sign-in') })}
        >
          <LogOut /> Sign out
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}

/** Ada Lovelace → AL */
function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  return [words[0], words.length > 1 ? words.at(-1) : undefined]
    .map((word) => word?.charAt(0).toUpperCase() ?? '')
    .join('');
}
