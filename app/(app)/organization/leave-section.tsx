'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import type { OrganizationContent } from '#app/data/team-types.ts';
import type { Session } from '#app/data/types.ts';
import {
  useDeleteOrganization,
  useLeaveOrganization,
  useOrganizationContent,
} from '#app/data/use-organizations.ts';
import { Section } from '#app/shell/page-body.tsx';
import { Button } from '#app/ui/button.tsx';
import { Refusal } from '#app/ui/changeable.tsx';
import { ConfirmDialog } from '#app/ui/confirm-dialog.tsx';
import { count } from '#app/ui/quantity.ts';
import { toast } from '#app/ui/toast.ts';

/** Leave the organization, or delete it. */
export function LeaveSection({ session }: { session: Session }) {
  const router = useRouter();
  const leave = useLeaveOrganization();
  const remove = useDeleteOrganization();
  const [asking, setAsking] = useState<'leave' | 'delete' | null>(null);
  const isOwner = session.role === 'owner';
  const content = useOrganizationContent(isOwner && asking === 'delete');
  const { name } = session.organization;
  const close = () => setAsking(null);
  return (
    <Section id="danger" title="Leave and delete">
      <div className="flex items-center justify-between gap-4 border-b border-line p-4">
        <span className="min-w-0">
          <span className="block font-medium">Leave</span>
          <span className="text-12 text-muted">
            What you made stays. What you granted to OAuth clients here is revoked.
          </span>
        </span>
        <Button variant="danger" onClick={() => setAsking('leave')}>
          Leave organization
        </Button>
      </div>
      <div className="flex items-center justify-between gap-4 p-4">
        <span className="min-w-0">
          <span className="block font-medium">Delete</span>
          <span className="text-12 text-muted">
            All of its projects and what is in them. Its members keep their accounts. This cannot be undone.
          </span>
          {!isOwner && <Refusal>Only owners can do this; your role is {session.role}.</Refusal>}
        </span>
        <Button variant="danger" disabled={!isOwner} onClick={() => setAsking('delete')}>
          Delete organization
        </Button>
      </div>
      <ConfirmDialog
        open={asking === 'leave'}
        onOpenChange={close}
        title={`Leave ${name}?`}
        description={
          session.organizations.length > 1
            ? 'You do not see its projects any more. Somebody who runs it can invite you again.'
            : 'It is the only organization you belong to: you are signed out, and cannot sign in until somebody invites you again.'
        }
        action="Leave organization"
        busy={leave.isPending}
        onConfirm={() =>
          leave.mutate(undefined, {
            onSuccess: () => {
              toast.success(`You left ${name}`);
              router.replace('/projects');
            },
            onError: (error) => toast.error(error.message),
          })
        }
      />
      <ConfirmDialog
        open={asking === 'delete'}
        onOpenChange={close}
        title={`Delete the organization ${name}?`}
        description="All of this is lost, and its addresses stop answering. It cannot be undone."
        action="Delete organization"
        mustType={name}
        busy={remove.isPending}
        onConfirm={() =>
          remove.mutate(name, {
            onSuccess: () => {
              toast.success(`${name} is deleted`);
              router.replace('/projects');
            },
            onError: (error) => toast.error(error.message),
          })
        }
      >
        {content.data && (
          <ul className="list-disc pl-4">
            {lossesOf(content.data).map((loss) => (
              <li key={loss}>{loss}</li>
            ))}
          </ul>
        )}
      </ConfirmDialog>
    </Section>
  );
}

function lossesOf({ projects, workflows, keys, members }: OrganizationContent): string[] {
  return [
    `${count(projects, 'project')} with ${count(workflows, 'workflow')} and all of their runs`,
    `${count(keys, 'API key')}: clients with them are refused`,
    `${count(members, 'member')} who see it no more`,
  ];
}
