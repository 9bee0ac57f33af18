'use client';

import { CircleCheck, Link2Off, UserX } from 'lucide-react';
import { useState } from 'react';
import { ApiError } from '#app/data/api-error.ts';
import { useBeginConnect, useConnectAccount, useConnectByKey } from '#app/data/use-connect-account.ts';
import { LinkWords } from '#app/shell/link-words.tsx';
import { hasToSignIn, useSignedIn } from '#app/shell/use-signed-in.ts';
import { Button } from '#app/ui/button.tsx';
import { ErrorState } from '#app/ui/error-state.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { LoadingState } from '#app/ui/loading-state.tsx';
import { TextField } from '#app/ui/text-field.tsx';

/** Where a person connects an account of their own, because a call of theirs needs it. */
export function ConnectAccountScreen({ token }: { token: string }) {
  const view = useConnectAccount(token);
  const begin = useBeginConnect(token);
  const byKey = useConnectByKey(token);
  useSignedIn(view.error);
  if (hasToSignIn(view.error)) return <LoadingState>One moment</LoadingState>;
  if (view.error instanceof ApiError && view.error.status === 403) {
    return (
      <LinkWords icon={UserX} title="This link is for somebody else">
        It is for the person who made the call. Sign in as them, or make the call yourself.
      </LinkWords>
    );
  }
  if (view.error instanceof ApiError && view.error.status === 404) {
    return (
      <LinkWords icon={Link2Off} title="This link leads nowhere">
        Its time is over, or the connection is gone. Call the tool again: it gives you a new one.
      </LinkWords>
    );
  }
  if (view.error) {
    return (
      <ErrorState
        title="The connection could not be loaded"
        error={view.error}
        onRetry={() => void view.refetch()}
      />
    );
  }
  if (!view.data) return <LoadingState>Loading the connection</LoadingState>;
  const { project, connection, by, provider, asksUserName, connected } = view.data;
  if (connected || byKey.isSuccess) {
    return (
      <LinkWords icon={CircleCheck} title={`Your ${connection.name} account is connected`}>
        You can close this page; the call goes on.
      </LinkWords>
    );
  }
  return (
    <div className="flex flex-col gap-4">
      <header>
        <h1 className="font-semibold text-20">Connect your {connection.name} account</h1>
        <p className="mt-1 text-muted">
          A tool of the project {project.name} that you called works with an account of your own.
        </p>
      </header>
      <section
        aria-label="Connection"
        className="flex flex-col items-start gap-3 rounded-md border border-line bg-surface p-4"
      >
        <p className="text-14">
          It is used for your own calls alone, and sent only to{' '}
          <span className="font-mono text-12">{connection.hosts.join(', ')}</span>.
        </p>
        {by === 'provider' ? (
          <Button
            variant="primary"
            busy={begin.isPending}
            onClick={() => begin.mutate(undefined, { onSuccess: ({ url }) => window.location.assign(url) })}
          >
            Continue to {provider}
          </Button>
        ) : (
          <KeyForm
            asksUserName={asksUserName}
            busy={byKey.isPending}
            onSubmit={(given) => byKey.mutate(given)}
          />
        )}
        {(begin.error ?? byKey.error) && (
          <FieldMessage severity="error" message={(begin.error ?? byKey.error)!.message} />
        )}
      </section>
      <p className="text-12 text-muted">
        You can disconnect it at any time, on the page of your account. Editors of the project never see it.
      </p>
    </div>
  );
}

function KeyForm({
  asksUserName,
  busy,
  onSubmit,
}: {
  asksUserName: boolean;
  busy: boolean;
  onSubmit: (given: { userName?: string; key: string }) => void;
}) {
  const [userName, setUserName] = useState('');
  const [key, setKey] = useState('');
  return (
    <form
      className="flex w-full flex-col items-start gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit({ key, ...(asksUserName && { userName }) });
      }}
    >
      {asksUserName && (
        <TextField label="User" required autoComplete="off" value={userName} onValueChange={setUserName} />
      )}
      <TextField
        label={asksUserName ? 'Password' : 'Your key'}
        description="Sealed when it is stored, and never shown again."
        mono
        required
        type="password"
        autoComplete="off"
        value={key}
        onValueChange={setKey}
      />
      <Button type="submit" variant="primary" busy={busy}>
        Connect account
      </Button>
    </form>
  );
}
