'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useJoin } from '#app/data/use-invitations.ts';
import { Button } from '#app/ui/button.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { NewPasswordField } from '#app/ui/new-password-field.tsx';
import { TextField } from '#app/ui/text-field.tsx';

/** A name and a password for somebody who is new here. */
export function JoinForm({ token, email }: { token: string; email: string }) {
  const router = useRouter();
  const join = useJoin();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        join.mutate({ token, name, password }, { onSuccess: () => router.replace('/projects') });
      }}
    >
      <TextField
        label="Email"
        type="email"
        autoComplete="username"
        readOnly
        value={email}
        onValueChange={() => {}}
      />
      <TextField
        label="Your name"
        autoComplete="name"
        required
        autoFocus
        maxLength={120}
        value={name}
        onValueChange={setName}
      />
      <NewPasswordField value={password} onValueChange={setPassword} />
      {join.error && <FieldMessage severity="error" message={join.error.message} />}
      <Button type="submit" variant="primary" size="large" busy={join.isPending}>
        Create account and join
      </Button>
    </form>
  );
}
