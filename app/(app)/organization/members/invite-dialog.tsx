'use client';

import { useState } from 'react';
import type { Invited } from '#app/data/team-types.ts';
import type { Session } from '#app/data/types.ts';
import { useInvite } from '#app/data/use-invitations.ts';
import { Field } from '#app/ui/field.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { FormDialog } from '#app/ui/form-dialog.tsx';
import { Select } from '#app/ui/select.tsx';
import { TextField } from '#app/ui/text-field.tsx';
import { toast } from '#app/ui/toast.ts';
import { LinkDialog } from './link-dialog.tsx';
import { ROLE_LABELS, rolesUpTo } from './role-words.ts';

/** Asks for an address and a role; then says that the letter is on its way, or shows the link. */
export function InviteDialog({ most, onClose }: { most: Session['role']; onClose(): void }) {
  const invite = useInvite();
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<Session['role']>('editor');
  const [shown, setShown] = useState<Invited | null>(null);
  if (shown?.url) return <LinkDialog email={shown.invitation.email} url={shown.url} onClose={onClose} />;
  return (
    <FormDialog
      onClose={onClose}
      title="Invite somebody"
      description="They get a link that is good for 72 hours and once."
      action="Invite"
      busy={invite.isPending}
      onSubmit={() =>
        invite.mutate(
          { email, role },
          {
            onSuccess: (invited) => {
              if (invited.url) return setShown(invited);
              toast.success(`The invitation is on its way to ${invited.invitation.email}`);
              onClose();
            },
          },
        )
      }
    >
      <TextField
        label="Email"
        type="email"
        autoFocus
        required
        maxLength={200}
        value={email}
        onValueChange={setEmail}
      />
      <Field label="Role" description="In the organization; a project may give another one later.">
        {(field) => (
          <Select
            {...field}
            value={role}
            onValueChange={(next) => setRole(next)}
            options={rolesUpTo(most).map((value) => ({ value, label: ROLE_LABELS[value] }))}
          />
        )}
      </Field>
      {invite.error && <FieldMessage severity="error" message={invite.error.message} />}
    </FormDialog>
  );
}
