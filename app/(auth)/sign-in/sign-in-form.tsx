'use client';

import Link from 'next/link';
import { useState } from 'react';
import { type SecondStep, useSignIn } from '#app/data/use-sign-in.ts';
import { useSignInWays, useStartSignOn } from '#app/data/use-sign-in-ways.ts';
import { useSettled } from '#app/form/use-settled.ts';
import { Button } from '#app/ui/button.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { TextField } from '#app/ui/text-field.tsx';

/** Until so many ms after the last letter nobody is asked where the domain leads to. */
const SETTLE_MS = 300;
const DOMAIN = /@([^\s@]+\.[^\s@.]{2,})$/;

export interface SignInFormProps {
  next: string | undefined;
  refused: string | null;
  onDone(): void;
  onSecond(step: SecondStep): void;
}

/** E-mail and password, or on to the identity provider that the domain of the address leads to. */
export function SignInForm({ next, refused, onDone, onSecond }: SignInFormProps) {
  const signIn = useSignIn();
  const signOn = useStartSignOn();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const domain = DOMAIN.exec(useSettled(email, SETTLE_MS).trim())?.[1];
  const ways = useSignInWays(domain === undefined ? null : { email: `x@${domain}` });
  const provider = ways.data?.singleSignOn;
  const error = signIn.error?.message ?? signOn.error?.message;

  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        signIn.mutate(
          { email, password },
          { onSuccess: (outcome) => ('ticket' in outcome ? onSecond(outcome) : onDone()) },
        );
      }}
    >
      <h1 className="text-20 font-semibold">Sign in</h1>
      {refused && !error && <FieldMessage severity="error" message={refused} />}
      <TextField
        label="Email"
        type="email"
        autoComplete="username"
        required
        autoFocus
        value={email}
        onValueChange={setEmail}
      />
      {provider && (
        <Button
          size="large"
          busy={signOn.isPending || signOn.isSuccess}
          onClick={() => signOn.mutate({ organization: provider.organization, email, ...(next && { next }) })}
        >
          Continue with {provider.name}
        </Button>
      )}
      <TextField
        label="Password"
        type="password"
        autoComplete="current-password"
        required
        value={password}
        onValueChange={setPassword}
      />
      {error && <FieldMessage severity="error" message={error} />}
      <Button type="submit" variant="primary" size="large" busy={signIn.isPending}>
        Sign in
      </Button>
      <p className="text-13">
        <Link href="/forgot-password" className="text-accent-ink underline-offset-2 hover:underline">
          Forgot password?
        </Link>
      </p>
    </form>
  );
}
