'use client';

import { useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';
import { useSetUp } from '#app/data/use-set-up.ts';
import { useSetup } from '#app/data/use-setup.ts';
import { Button } from '#app/ui/button.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { NewPasswordField } from '#app/ui/new-password-field.tsx';
import { TextField } from '#app/ui/text-field.tsx';

/** Makes the first owner. The token comes with the link that the server printed. */
export function SetupForm({ token: given }: { token: string }) {
  const router = useRouter();
  const state = useSetup();
  const setUp = useSetUp();
  const [token, setToken] = useState(given);
  const [name, setName] = useState('');
  const [organization, setOrganization] = useState('');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');

  useEffect(() => {
    if (state.data && !state.data.needed && !setUp.isSuccess) router.replace('/sign-in');
  }, [state.data, setUp.isSuccess, router]);

  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        setUp.mutate(
          { token, name, organization, email, password },
          { onSuccess: () => router.replace('/projects') },
        );
      }}
    >
      <div>
        <h1 className="text-20 font-semibold">Set up Patchbay</h1>
        <p className="mt-1 text-13 text-muted">You become the owner. Everything stays on this machine.</p>
      </div>
      {!given && (
        <TextField
          label="Set-up token"
          description="The server printed a link with it when it started."
          mono
          required
          value={token}
          onValueChange={setToken}
        />
      )}
      <TextField
        label="Your name"
        autoComplete="name"
        required
        autoFocus
        value={name}
        onValueChange={setName}
      />
      <TextField
        label="Organization"
        description="Your team's name. Projects belong to it."
        autoComplete="organization"
        required
        value={organization}
        onValueChange={setOrganization}
      />
      <TextField
        label="Email"
        type="email"
        autoComplete="username"
        required
        value={email}
        onValueChange={setEmail}
      />
      <NewPasswordField value={password} onValueChange={setPassword} />
      {setUp.error && <FieldMessage severity="error" message={setUp.error.message} />}
      <Button type="submit" variant="primary" size="large" busy={setUp.isPending}>
        Create owner
      </Button>
    </form>
  );
}
