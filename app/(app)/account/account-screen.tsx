'use client';

import { useState } from 'react';
import { useChangePassword, useRenameAccount } from '#app/data/use-account.ts';
import { useSession } from '#app/data/use-session.ts';
import { useTwoFactor } from '#app/data/use-two-factor.ts';
import { PageBody, Section } from '#app/shell/page-body.tsx';
import { Button } from '#app/ui/button.tsx';
import { NewPasswordField } from '#app/ui/new-password-field.tsx';
import { QueryView } from '#app/ui/query-view.tsx';
import { TextField } from '#app/ui/text-field.tsx';
import { toast } from '#app/ui/toast.ts';
import { ConnectedSection } from './connected-section.tsx';
import { GrantSection } from './grant-section.tsx';
import { SessionSection } from './session-section.tsx';
import { TwoFactorSection } from './two-factor-section.tsx';

/** One's own name, password and sessions. */
export function AccountScreen() {
  const session = useSession();
  const twoFactor = useTwoFactor();
  return (
    <QueryView query={session} what="your account">
      {({ user, organization, role }) => (
        <PageBody title="Your account" description={`${user.email}, ${role} of ${organization.name}`}>
          <NameSection key={user.name} name={user.name} />
          {twoFactor.data?.hasPassword !== false && <PasswordSection email={user.email} />}
          <TwoFactorSection />
          <ConnectedSection />
          <SessionSection />
          <GrantSection />
        </PageBody>
      )}
    </QueryView>
  );
}

function NameSection({ name }: { name: string }) {
  const rename = useRenameAccount();
  const [wanted, setWanted] = useState(name);
  return (
    <Section title="Name">
      <form
        className="flex max-w-120 flex-col items-start gap-3 p-4"
        onSubmit={(event) => {
          event.preventDefault();
          rename.mutate(wanted.trim(), {
            onSuccess: () =>
              toast.success('Your name is changed', {
                action: { label: 'Undo', onClick: () => rename.mutate(name) },
              }),
          });
        }}
      >
        <div className="w-full">
          <TextField
            label="Your name"
            description="Stands beside what you publish, save and decide."
            error={rename.error?.message}
            required
            maxLength={120}
            autoComplete="name"
            value={wanted}
            onValueChange={setWanted}
          />
        </div>
        <Button
          type="submit"
          busy={rename.isPending}
          disabled={wanted.trim() === '' || wanted.trim() === name}
        >
          Save name
        </Button>
      </form>
    </Section>
  );
}

function PasswordSection({ email }: { email: string }) {
  const change = useChangePassword();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  return (
    <Section
      title="Password"
      description="When it is changed you stay signed in here, and are signed out everywhere else."
    >
      <form
        className="flex max-w-120 flex-col items-start gap-3 p-4"
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate(
            { current, next },
            {
              onSuccess: () => {
                setCurrent('');
                setNext('');
                toast.success('The password is changed; all other sessions have ended');
              },
            },
          );
        }}
      >
        {/* Tells managers of passwords whose they are. */}
        <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
        <div className="flex w-full flex-col gap-3">
          <TextField
            label="Current password"
            type="password"
            autoComplete="current-password"
            required
            error={change.error?.message}
            value={current}
            onValueChange={setCurrent}
          />
          <NewPasswordField label="New password" value={next} onValueChange={setNext} />
        </div>
        <Button type="submit" busy={change.isPending}>
          Change password
        </Button>
      </form>
    </Section>
  );
}
