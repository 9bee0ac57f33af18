'use client';

import { CircleCheck, CircleX } from 'lucide-react';
import Link from 'next/link';
import { useEffect, useRef } from 'react';
import { useFinishConnect } from '#app/data/use-connect-account.ts';
import { LinkWords } from '#app/shell/link-words.tsx';
import { useSignedIn } from '#app/shell/use-signed-in.ts';
import { LoadingState } from '#app/ui/loading-state.tsx';

/** Where a provider sends a person back to. */
export function CallbackScreen({
  state,
  code,
  error,
}: {
  state: string;
  code: string | undefined;
  error: string | undefined;
}) {
  const finish = useFinishConnect();
  const { mutate } = finish;
  // A code is good once: React may run an effect twice in development.
  const begun = useRef(false);
  useEffect(() => {
    if (begun.current || state === '') return;
    begun.current = true;
    // Not in the history, where it would be tried again.
    window.history.replaceState(null, '', window.location.pathname);
    mutate({ state, ...(code !== undefined && { code }), ...(error !== undefined && { error }) });
  }, [mutate, state, code, error]);
  useSignedIn(finish.error);
  if (state === '' && !begun.current) {
    return (
      <LinkWords icon={CircleX} title="Nothing to connect">
        Providers send people back to this page. Begin where the account is asked for: call the tool again.
      </LinkWords>
    );
  }
  if (finish.error) {
    return (
      <LinkWords icon={CircleX} title="The account is not connected">
        {finish.error.message}
      </LinkWords>
    );
  }
  if (!finish.data) return <LoadingState>Connecting the account</LoadingState>;
  const { connection, project } = finish.data;
  if (project === null) {
    return (
      <LinkWords icon={CircleCheck} title={`Your ${connection} account is connected`}>
        You can close this page; the call goes on.
      </LinkWords>
    );
  }
  return (
    <LinkWords icon={CircleCheck} title={`${connection} is connected`}>
      All callers of the project use this account.{' '}
      <Link className="text-accent-ink underline" href={`/projects/${project}/settings#connections`}>
        Back to the connections
      </Link>
    </LinkWords>
  );
}
