'use client';

import { UserPlus } from 'lucide-react';
import { useState } from 'react';
import { useOrganization } from '#app/data/use-organization.ts';
import { useSession } from '#app/data/use-session.ts';
import { PageBody, Section } from '#app/shell/page-body.tsx';
import { Button } from '#app/ui/button.tsx';
import { count } from '#app/ui/quantity.ts';
import { QueryView } from '#app/ui/query-view.tsx';
import { Table, TableBody, TableColumns } from '#app/ui/table.tsx';
import { InvitationList } from './invitation-list.tsx';
import { InviteDialog } from './invite-dialog.tsx';
import { MemberRow } from './member-row.tsx';

/** Who belongs to the organization, what they may do, and who was asked to join. */
export function MembersScreen() {
  const organization = useOrganization();
  const session = useSession().data;
  const [inviting, setInviting] = useState(false);
  if (!session) return null;
  const runs = session.role === 'owner' || session.role === 'admin';
  return (
    <QueryView query={organization} what="the members">
      {({ members }) => (
        <PageBody
          title="Members"
          description={ROLES}
          actions={
            runs && (
              <Button variant="primary" onClick={() => setInviting(true)}>
                <UserPlus /> Invite
              </Button>
            )
          }
        >
          <Section id="members" title={count(members.length, 'member')}>
            <Table>
              <TableColumns names={runs ? [...COLUMNS, 'Two-factor'] : COLUMNS} actions={runs} />
              <TableBody>
                {members.map((member) => (
                  <MemberRow key={member.userId} member={member} session={session} />
                ))}
              </TableBody>
            </Table>
          </Section>
          {runs && <InvitationList />}
          {inviting && <InviteDialog most={session.role} onClose={() => setInviting(false)} />}
        </PageBody>
      )}
    </QueryView>
  );
}

const ROLES =
  'Viewers look. Editors draw, run and publish. Admins also invite people, delete projects and read the audit log. Owners may do all. A project may give somebody another role.';

const COLUMNS = ['Name', 'Email', 'Role', 'Last seen'];
