'use client';

import Link from 'next/link';
import { useSignInWays, useStartSignOn } from '#app/data/use-sign-in-ways.ts';
import { Button } from '#app/ui/button.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { QueryView } from '#app/ui/query-view.tsx';

/** On to the identity provider of one organization. It takes a click, so that no other site signs anybody in. */
export function SignOnForm({ organization, next }: { organization: string; next: string | undefined }) {
  const ways = useSignInWays({ organization });
  const signOn = useStartSignOn();
  return (
    <div className="flex flex-col gap-4">
      <h1 className="text-20 font-semibold">Single sign-on</h1>
      <QueryView query={ways} what="how to sign in">
        {({ singleSignOn: provider }) =>
          provider ? (
            <Button
              variant="primary"
              size="large"
              busy={signOn.isPending || signOn.isSuccess}
              onClick={() => signOn.mutate({ organization: provider.organization, ...(next && { next }) })}
            >
              Continue with {provider.name}
            </Button>
          ) : (
            <p className="text-13">
              This link leads to no single sign-on. Ask an owner of your organization for the right one.
            </p>
          )
        }
      </QueryView>
      {signOn.error && <FieldMessage severity="error" message={signOn.error.message} />}
      <p className="text-13">
        <Link href="/sign-in" className="text-accent-ink underline-offset-2 hover:underline">
          Sign in with a password
        </Link>
      </p>
    </div>
  );
}
