'use client';

import { UserMinus } from 'lucide-react';
import { useState } from 'react';
import type { Member } from '#app/data/team-types.ts';
import type { Session } from '#app/data/types.ts';
import { useChangeMember, useRemoveMember } from '#app/data/use-members.ts';
import { Badge } from '#app/ui/badge.tsx';
import { ConfirmDialog } from '#app/ui/confirm-dialog.tsx';
import { IconButton } from '#app/ui/icon-button.tsx';
import { RelativeTime } from '#app/ui/relative-time.tsx';
import { Select } from '#app/ui/select.tsx';
import { TableCell, TableRow } from '#app/ui/table.tsx';
import { toast } from '#app/ui/toast.ts';
import { RecoverMember } from './recover-member.tsx';
import { ROLE_LABELS, rolesUpTo } from './role-words.ts';

/** One member; for those who run the organization with what can be changed. */
export function MemberRow({ member, session }: { member: Member; session: Session }) {
  const { role } = session;
  const runs = role === 'owner' || role === 'admin';
  const isSelf = member.userId === session.user.id;
  const mayChange = runs && (role === 'owner' || member.role !== 'owner');
  return (
    <TableRow>
      <TableCell className="font-medium">
        {member.name}
        {isSelf && <span className="text-muted"> (you)</span>}
      </TableCell>
      <TableCell>{member.email}</TableCell>
      <TableCell>
        {mayChange ? (
          <RoleSelect member={member} most={role} />
        ) : (
          <Badge tone="outline">{ROLE_LABELS[member.role]}</Badge>
        )}
      </TableCell>
      <TableCell className="text-muted">
        {member.seenAt ? <RelativeTime at={member.seenAt} /> : 'not yet'}
      </TableCell>
      {runs && (
        <>
          <TableCell className="text-muted">{member.twoFactor ? 'On' : 'Off'}</TableCell>
          <TableCell className="text-right">
            {role === 'owner' && !isSelf && (
              <RecoverMember member={{ ...member, twoFactor: member.twoFactor === true }} />
            )}
            {mayChange && !isSelf && <Remove member={member} organization={session.organization.name} />}
          </TableCell>
        </>
      )}
    </TableRow>
  );
}

function RoleSelect({ member, most }: { member: Member; most: Session['role'] }) {
  const change = useChangeMember();
  const set = (role: Session['role'], before?: Session['role']) =>
    change.mutate(
      { user: member.userId, role },
      {
        onSuccess: () =>
          toast.success(
            `${member.name} is ${role} now`,
            before && { action: { label: 'Undo', onClick: () => set(before) } },
          ),
        onError: (error) => toast.error(error.message),
      },
    );
  return (
    <Select
      aria-label={`Role of ${member.name}`}
      size="small"
      className="w-24"
      disabled={change.isPending}
      value={member.role}
      onValueChange={(role) => role !== member.role && set(role, member.role)}
      options={rolesUpTo(most).map((value) => ({ value, label: ROLE_LABELS[value] }))}
    />
  );
}

function Remove({ member, organization }: { member: Member; organization: string }) {
  const [asking, setAsking] = useState(false);
  const remove = useRemoveMember();
  return (
    <>
      <IconButton size="small" label={`Remove ${member.name}`} onClick={() => setAsking(true)}>
        <UserMinus />
      </IconButton>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={`Remove ${member.name} from ${organization}?`}
        description="They are out at once. What they granted to OAuth clients is revoked, and so are their roles in projects."
        action="Remove member"
        busy={remove.isPending}
        onConfirm={() =>
          // The row goes with the member; what is said about it must not.
          remove.mutateAsync(member.userId).then(
            () => toast.success(`${member.name} is removed`),
            (error: Error) => toast.error(error.message),
          )
        }
      >
        <p className="text-13">
          What they made stays: workflows, keys and connections. Revoke keys that they may have copied.
        </p>
      </ConfirmDialog>
    </>
  );
}
