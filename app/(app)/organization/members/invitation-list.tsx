'use client';

import { useState } from 'react';
import type { Invitation, Invited } from '#app/data/team-types.ts';
import { useInvitations, useRenewInvitation, useRevokeInvitation } from '#app/data/use-invitations.ts';
import { Section } from '#app/shell/page-body.tsx';
import { Badge } from '#app/ui/badge.tsx';
import { Button } from '#app/ui/button.tsx';
import { QueryView } from '#app/ui/query-view.tsx';
import { RelativeTime } from '#app/ui/relative-time.tsx';
import { Table, TableBody, TableCell, TableColumns, TableRow } from '#app/ui/table.tsx';
import { toast } from '#app/ui/toast.ts';
import { LinkDialog } from './link-dialog.tsx';
import { ROLE_LABELS } from './role-words.ts';

/** Who was asked to join and has not come yet. */
export function InvitationList() {
  const query = useInvitations(true);
  return (
    <Section
      id="invitations"
      title="Open invitations"
      description="Links that were not taken up yet. A new link makes the one of before useless."
    >
      <QueryView query={query} what="the invitations">
        {({ items }) =>
          items.length === 0 ? (
            <p className="p-4 text-13 text-muted">Nobody is invited right now.</p>
          ) : (
            <Table>
              <TableColumns names={['Email', 'Role', 'Invited by', 'Good until']} actions />
              <TableBody>
                {items.map((invitation) => (
                  <InvitationRow key={invitation.id} invitation={invitation} />
                ))}
              </TableBody>
            </Table>
          )
        }
      </QueryView>
    </Section>
  );
}

function InvitationRow({ invitation }: { invitation: Invitation }) {
  const renew = useRenewInvitation();
  const revoke = useRevokeInvitation();
  const [shown, setShown] = useState<Invited | null>(null);
  const { id, email, role, invitedBy, expiresAt } = invitation;
  const isOver = new Date(expiresAt) < new Date();
  return (
    <TableRow>
      <TableCell className="font-medium">{email}</TableCell>
      <TableCell>
        <Badge tone="outline">{ROLE_LABELS[role]}</Badge>
      </TableCell>
      <TableCell>{invitedBy}</TableCell>
      <TableCell className="text-muted">
        {isOver ? <Badge tone="warning">Over</Badge> : <RelativeTime at={expiresAt} />}
      </TableCell>
      <TableCell className="text-right">
        <span className="inline-flex gap-2">
          <Button
            size="small"
            aria-label={`New link for ${email}`}
            busy={renew.isPending}
            onClick={() =>
              renew.mutate(id, {
                onSuccess: (invited) =>
                  invited.url ? setShown(invited) : toast.success(`A new link is on its way to ${email}`),
                onError: (error) => toast.error(error.message),
              })
            }
          >
            New link
          </Button>
          <Button
            size="small"
            aria-label={`Take back the invitation of ${email}`}
            busy={revoke.isPending}
            onClick={() =>
              // The row goes with the invitation; what is said about it must not.
              revoke.mutateAsync(id).then(
                () => toast.success(`The invitation of ${email} is taken back`),
                (error: Error) => toast.error(error.message),
              )
            }
          >
            Take back
          </Button>
        </span>
        {shown?.url && <LinkDialog email={email} url={shown.url} onClose={() => setShown(null)} />}
      </TableCell>
    </TableRow>
  );
}
