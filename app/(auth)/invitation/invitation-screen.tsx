'use client';

import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';
import type { InvitationFacts } from '#app/data/team-types.ts';
import { useAcceptInvitation, useInvitation } from '#app/data/use-invitations.ts';
import { useSession } from '#app/data/use-session.ts';
import { useSignOut } from '#app/data/use-sign-out.ts';
import { Button } from '#app/ui/button.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { LoadingState } from '#app/ui/loading-state.tsx';
import { RelativeTime } from '#app/ui/relative-time.tsx';
import { JoinForm } from './join-form.tsx';

/** Where the token waits while somebody signs in. */
const KEPT = 'patchbay.invitation';

/** Where the link of an invitation leads. The token stands behind the #, which is sent to no server by itself. */
export function InvitationScreen() {
  const [token, setToken] = useState<string | null>(null);
  useEffect(() => setToken(window.location.hash.slice(1) || (sessionStorage.getItem(KEPT) ?? '')), []);
  const invitation = useInvitation(token);
  const session = useSession();
  if (token === '' || invitation.error) {
    const words = invitation.error?.message ?? 'The address is not complete. Open the link as you got it.';
    return (
      <div className="flex flex-col gap-4">
        <h1 className="text-20 font-semibold">This invitation cannot be opened</h1>
        <p className="text-13 text-muted">{words}</p>
        <Link href="/sign-in" className="text-13 text-accent-ink underline">
          Sign in
        </Link>
      </div>
    );
  }
  if (token === null || !invitation.data || session.isPending) {
    return <LoadingState>Opening the invitation</LoadingState>;
  }
  const facts = invitation.data;
  return (
    <div className="flex flex-col gap-4">
      <div>
        <h1 className="text-20 font-semibold">Join {facts.organization}</h1>
        <p className="mt-1 text-13 text-muted">
          {facts.invitedBy} invites {facts.email}, as {facts.role}. The link is good until{' '}
          <RelativeTime at={facts.expiresAt} />.
        </p>
      </div>
      <Way token={token} facts={facts} signedInAs={session.data?.user.email ?? null} />
    </div>
  );
}

function Way({
  token,
  facts,
  signedInAs,
}: {
  token: string;
  facts: InvitationFacts;
  signedInAs: string | null;
}) {
  if (signedInAs === facts.email) return <Accept token={token} organization={facts.organization} />;
  if (signedInAs !== null) return <SomebodyElse email={facts.email} signedInAs={signedInAs} />;
  if (facts.hasAccount) return <SignInFirst token={token} email={facts.email} />;
  return <JoinForm token={token} email={facts.email} />;
}

function Accept({ token, organization }: { token: string; organization: string }) {
  const router = useRouter();
  const accept = useAcceptInvitation();
  return (
    <>
      {accept.error && <FieldMessage severity="error" message={accept.error.message} />}
      <Button
        variant="primary"
        size="large"
        busy={accept.isPending}
        onClick={() =>
          accept.mutate(token, {
            onSuccess: () => {
              sessionStorage.removeItem(KEPT);
              router.replace('/projects');
            },
          })
        }
      >
        Join {organization}
      </Button>
    </>
  );
}

function SomebodyElse({ email, signedInAs }: { email: string; signedInAs: string }) {
  const signOut = useSignOut();
  return (
    <>
      <p className="text-13">
        You are signed in as {signedInAs}, and this invitation is for {email}. Sign out here to take it up.
      </p>
      <Button
        size="large"
        busy={signOut.isPending}
        onClick={() => signOut.mutate(undefined, { onSuccess: () => window.location.reload() })}
      >
        Sign out
      </Button>
    </>
  );
}

function SignInFirst({ token, email }: { token: string; email: string }) {
  const router = useRouter();
  return (
    <>
      <p className="text-13">There is an account for {email}. Sign in with it, then join.</p>
      <Button
        variant="primary"
        size="large"
        onClick={() => {
          // In an address it would reach the server, and its log.
          sessionStorage.setItem(KEPT, token);
          router.push('/sign-in?next=/invitation');
        }}
      >
        Sign in
      </Button>
    </>
  );
}
