'use client';

import Link from 'next/link';
import { useState } from 'react';
import { useRequestPasswordReset, useSignInWays } from '#app/data/use-sign-in-ways.ts';
import { Button } from '#app/ui/button.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { QueryView } from '#app/ui/query-view.tsx';
import { TextField } from '#app/ui/text-field.tsx';

/** A link for a new password: by e-mail where there is a mail server, by an owner where there is none. */
export function ForgotPasswordForm() {
  const ways = useSignInWays(null);
  return (
    <div className="flex flex-col gap-4">
      <h1 className="text-20 font-semibold">Forgot password</h1>
      <QueryView query={ways} what="how to get a new password">
        {({ passwordLink }) => (passwordLink === 'email' ? <ByEmail /> : <ByOwner />)}
      </QueryView>
      <p className="text-13">
        <Link href="/sign-in" className="text-accent-ink underline-offset-2 hover:underline">
          Back to signing in
        </Link>
      </p>
    </div>
  );
}

function ByEmail() {
  const request = useRequestPasswordReset();
  const [email, setEmail] = useState('');
  if (request.isSuccess) {
    return (
      <p role="status" className="text-13">
        If {email} has an account here, a letter with a link is on its way. The link is good for 30 minutes.
      </p>
    );
  }
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        request.mutate(email);
      }}
    >
      <p className="text-13 text-muted">You get a letter with a link to choose a new one.</p>
      <TextField
        label="Email"
        type="email"
        autoComplete="username"
        required
        autoFocus
        value={email}
        onValueChange={setEmail}
      />
      {request.error && <FieldMessage severity="error" message={request.error.message} />}
      <Button type="submit" variant="primary" size="large" busy={request.isPending}>
        Send link
      </Button>
    </form>
  );
}

function ByOwner() {
  return (
    <p className="text-13">
      This server sends no e-mail. Ask an owner of your organization: under Organization they make a link with
      which you choose a new password.
    </p>
  );
}
