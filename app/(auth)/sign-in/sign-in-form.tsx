'use client';

import { useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';
import { useSetup } from '#app/data/use-setup.ts';
import { useSignIn } from '#app/data/use-sign-in.ts';
import { safePath } from '#app/shell/safe-path.ts';
import { Button } from '#app/ui/button.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { TextField } from '#app/ui/text-field.tsx';

export function SignInForm({ next }: { next: string | undefined }) {
  const router = useRouter();
  const setup = useSetup();
  const signIn = useSignIn();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');

  useEffect(() => {
    if (setup.data?.needed) router.replace('/setup');
  }, [setup.data, router]);

  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        signIn.mutate({ email, password }, { onSuccess: () => router.replace(safePath(next)) });
      }}
    >
      <h1 className="text-20 font-semibold">Sign in</h1>
      <TextField
        label="Email"
        type="email"
        autoComplete="username"
        required
        autoFocus
        value={email}
        onValueChange={setEmail}
      />
      <TextField
        label="Password"
        type="password"
        autoComplete="current-password"
        required
        value={password}
        onValueChange={setPassword}
      />
      {signIn.error && <FieldMessage severity="error" message={signIn.error.message} />}
      <Button type="submit" variant="primary" size="large" busy={signIn.isPending}>
        Sign in
      </Button>
    </form>
  );
}
