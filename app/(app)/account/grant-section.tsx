'use client';

import { AppWindow } from 'lucide-react';
import Link from 'next/link';
import { useOwnGrants, useRevokeOwnGrant } from '#app/data/use-grants.ts';
import { GrantTable } from '#app/grants/grant-table.tsx';
import { Section } from '#app/shell/page-body.tsx';
import { EmptyState } from '#app/ui/empty-state.tsx';
import { QueryView } from '#app/ui/query-view.tsx';

/** Apps that act in one's own name. */
export function GrantSection() {
  const grants = useOwnGrants();
  const revoke = useRevokeOwnGrant();
  return (
    <Section
      id="apps"
      title="Connected apps"
      description="Apps that you let into projects. They act in your name; one that is not used for 30 days has to ask again."
    >
      <QueryView query={grants} what="your connected apps">
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState icon={AppWindow} title="No apps yet">
              When you add the address of a project in an app and sign in, it stands here.
            </EmptyState>
          ) : (
            <GrantTable
              grants={items}
              owner={{
                name: 'Project',
                of: ({ project, organization }) => (
                  <>
                    <Link href={`/projects/${project.slug}`} className="hover:underline">
                      {project.name}
                    </Link>
                    <span className="block text-12 text-muted">{organization.name}</span>
                  </>
                ),
                sortedBy: ({ project }) => project.name,
              }}
              revoke={revoke}
            />
          )
        }
      </QueryView>
    </Section>
  );
}
