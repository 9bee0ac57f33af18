'use client';

import { Building2, CircleHelp, LayoutList, LogOut, type LucideIcon, Search, UserRound } from 'lucide-react';
import Link from 'next/link';
import { usePathname, useRouter } from 'next/navigation';
import { useKeyCaps } from '#app/canvas/use-key-caps.ts';
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
import { IconButton } from '#app/ui/icon-button.tsx';
import { ThemeSwitch } from '#app/ui/theme-switch.tsx';
import { Tooltip } from '#app/ui/tooltip.tsx';
import { OrganizationMenu } from './organization-menu.tsx';
import { useCommandPalette } from './use-command-palette.ts';
import { Wordmark } from './wordmark.tsx';

/** Where one can go from everywhere. */
const PLACES: { href: string; label: string; icon: LucideIcon }[] = [
  { href: '/projects', label: 'Projects', icon: LayoutList },
  { href: '/organization', label: 'Organization', icon: Building2 },
];

/** The narrow bar at the left: where one can go, commands, help, the theme, and who one is. */
export function NavRail({ session }: { session: Session }) {
  const { show } = useCommandPalette();
  const keyCaps = useKeyCaps();
  const isCanvas = /\/workflows\/[^/]+$/.test(usePathname());
  return (
    <nav
      aria-label="Main"
      className="flex w-14 shrink-0 flex-col items-center gap-1 border-r border-line bg-surface py-3"
    >
      <Link href="/projects" className="mb-3 rounded-md p-1">
        <Wordmark compact />
      </Link>
      <OrganizationMenu session={session} />
      {PLACES.map((place) => (
        <Place key={place.href} {...place} />
      ))}
      {!isCanvas && (
        <IconButton label="Commands" keys={keyCaps('mod+k')} size="large" onClick={() => show(true)}>
          <Search className="size-4.5! text-muted" />
        </IconButton>
      )}
      <div className="flex-1" />
      <Place href="/help" label="Help" icon={CircleHelp} />
      <ThemeSwitch />
      <Account session={session} />
    </nav>
  );
}

function Place({ href, label, icon: Icon }: (typeof PLACES)[number]) {
  const path = usePathname();
  const here = path === href || path.startsWith(`${href}/`);
  return (
    <Tooltip content={label} side="right">
      <Link
        href={href}
        aria-label={label}
        aria-current={here ? 'page' : undefined}
        className={classNames(
          'grid size-9 place-items-center rounded-md text-muted hover:bg-hover hover:text-ink',
          here && 'bg-selected text-ink',
        )}
      >
        <Icon aria-hidden className="size-4.5" />
      </Link>
    </Tooltip>
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
        <DropdownMenuItem onSelect={() => router.push('/account')}>
          <UserRound /> Your account
        </DropdownMenuItem>
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
