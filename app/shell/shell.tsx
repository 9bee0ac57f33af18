'use client';

import { usePathname, useRouter } from 'next/navigation';
import { type ReactNode, useEffect } from 'react';
import { useSession } from '#app/data/use-session.ts';
import { ErrorState } from '#app/ui/error-state.tsx';
import { LoadingState } from '#app/ui/loading-state.tsx';
import { CommandPalette } from './command-palette.tsx';
import { NavRail } from './nav-rail.tsx';
import { hasToSignIn, useSignedIn } from './use-signed-in.ts';

/** The frame of every page for people who are signed in. Who is not goes to sign in and comes back. */
export function Shell({ children }: { children: ReactNode }) {
  const router = useRouter();
  const path = usePathname();
  const session = useSession();
  useSignedIn(session.error);

  const needs = session.data?.needs ?? null;
  useEffect(() => {
    if (needs) router.replace(`/two-factor?next=${encodeURIComponent(path + window.location.search)}`);
  }, [needs, path, router]);

  if (session.data && !needs) {
    return (
      <div className="flex h-dvh min-h-0">
        <NavRail session={session.data} />
        <CommandPalette />
        <div className="min-h-0 min-w-0 flex-1 overflow-auto">{children}</div>
      </div>
    );
  }
  if (session.error && !hasToSignIn(session.error)) {
    return (
      <ErrorState
        title="Patchbay could not be opened"
        error={session.error}
        onRetry={() => session.refetch()}
      />
    );
  }
  return <LoadingState>Opening</LoadingState>;
}
