'use client';

import Link from 'next/link';
import { useState } from 'react';
import { useResetPassword } from '#app/data/use-sign-in-ways.ts';
import { Button } from '#app/ui/button.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { NewPasswordField } from '#app/ui/new-password-field.tsx';

/** Chooses a new password. The token stands behind the # of the address, which no server is sent. */
export function ResetPasswordForm() {
  const reset = useResetPassword();
  const [password, setPassword] = useState('');
  if (reset.isSuccess) {
    return (
      <div className="flex flex-col gap-4">
        <h1 className="text-20 font-semibold">New password</h1>
        <p role="status" className="text-13">
          Your password is changed, and you are signed out everywhere.
        </p>
        <Button asChild variant="primary" size="large">
          <Link href="/sign-in">Sign in</Link>
        </Button>
      </div>
    );
  }
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        reset.mutate({ token: window.location.hash.slice(1) || 'none', password });
      }}
    >
      <div>
        <h1 className="text-20 font-semibold">New password</h1>
        <p className="mt-1 text-13 text-muted">You are signed out everywhere when it is changed.</p>
      </div>
      <NewPasswordField label="New password" autoFocus value={password} onValueChange={setPassword} />
      {reset.error && <FieldMessage severity="error" message={reset.error.message} />}
      <Button type="submit" variant="primary" size="large" busy={reset.isPending}>
        Change password
      </Button>
    </form>
  );
}
