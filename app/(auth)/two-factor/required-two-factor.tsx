'use client';

import { useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';
import { ApiError } from '#app/data/api-error.ts';
import { useSession } from '#app/data/use-session.ts';
import { useSignOut } from '#app/data/use-sign-out.ts';
import { safePath } from '#app/shell/safe-path.ts';
import { SetUpTwoFactor } from '#app/two-factor/set-up-two-factor.tsx';
import { Button } from '#app/ui/button.tsx';
import { QueryView } from '#app/ui/query-view.tsx';

/** What stands before anything else where the organization asks for a second factor, and there is none. */
export function RequiredTwoFactor({ next }: { next: string | undefined }) {
  const router = useRouter();
  const session = useSession();
  const signOut = useSignOut();
  const [isSettingUp, setSettingUp] = useState(false);
  const signedOut = session.error instanceof ApiError && session.error.status === 401;
  const isSafe = session.data?.needs === null;

  useEffect(() => {
    if (signedOut) router.replace('/sign-in');
    // The recovery codes are shown after it is on: they are not to be lost to a move.
    else if (isSafe && !isSettingUp) router.replace(safePath(next));
  }, [signedOut, isSafe, isSettingUp, next, router]);

  return (
    <QueryView query={session} what="your session">
      {({ organization }) => (
        <div className="flex flex-col gap-4">
          <div>
            <h1 className="text-20 font-semibold">Set up two-factor</h1>
            <p className="mt-1 text-13 text-muted">
              {organization.name} asks for a code from your phone beside your password.
            </p>
          </div>
          {isSettingUp ? (
            <SetUpTwoFactor onDone={() => router.replace(safePath(next))} />
          ) : (
            <div className="flex flex-wrap gap-2">
              <Button variant="primary" size="large" onClick={() => setSettingUp(true)}>
                Set up two-factor
              </Button>
              <Button
                size="large"
                busy={signOut.isPending}
                onClick={() => signOut.mutate(undefined, { onSuccess: () => router.replace('/sign-in') })}
              >
                Sign out
              </Button>
            </div>
          )}
        </div>
      )}
    </QueryView>
  );
}
