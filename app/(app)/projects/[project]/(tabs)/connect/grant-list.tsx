'use client';

import { AppWindow } from 'lucide-react';
import { useGrants, useRevokeGrant } from '#app/data/use-grants.ts';
import { useRefusal } from '#app/data/use-refusal.ts';
import { GrantTable } from '#app/grants/grant-table.tsx';
import { Section } from '#app/shell/page-body.tsx';
import { EmptyState } from '#app/ui/empty-state.tsx';
import { QueryView } from '#app/ui/query-view.tsx';

/** Apps that people let into a project by signing in. Who only views sees their own, and revokes them at the account. */
export function GrantList({ project }: { project: string }) {
  const mayAll = useRefusal('editor') === null;
  const grants = useGrants(project);
  const revoke = useRevokeGrant(project);
  return (
    <Section
      id="apps"
      title="Connected apps"
      description={
        mayAll
          ? 'Apps that people let in by signing in, each with the rights of that person at most.'
          : 'Apps that you let in by signing in. Revoke them under your account.'
      }
    >
      <QueryView query={grants} what="the connected apps">
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState icon={AppWindow} title="No apps yet">
              Add the address in an app, such as Claude, ChatGPT or Cursor. It sends you here to sign in and
              choose the tools.
            </EmptyState>
          ) : (
            <GrantTable
              grants={items}
              owner={{
                name: 'Person',
                of: ({ person }) => person ?? 'Somebody who is gone',
                sortedBy: ({ person }) => person ?? '',
              }}
              revoke={mayAll ? revoke : null}
            />
          )
        }
      </QueryView>
    </Section>
  );
}
