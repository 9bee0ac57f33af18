'use client';

import { useState } from 'react';
import { useConnectedAccounts, useDisconnectAccount } from '#app/data/use-connect-account.ts';
import { Section } from '#app/shell/page-body.tsx';
import { Button } from '#app/ui/button.tsx';
import { ConfirmMutation } from '#app/ui/confirm-mutation.tsx';
import { QueryView } from '#app/ui/query-view.tsx';
import { RelativeTime } from '#app/ui/relative-time.tsx';
import { Table, TableBody, TableCell, TableColumns, TableRow } from '#app/ui/table.tsx';
import { TableLink } from '#app/ui/table-link.tsx';

/** Accounts elsewhere that workflows use in one's name. */
export function ConnectedSection() {
  const accounts = useConnectedAccounts();
  const disconnect = useDisconnectAccount();
  const [asked, setAsked] = useState<{ id: string; name: string } | null>(null);
  return (
    <Section
      id="connected"
      title="Connected accounts"
      description="Accounts of yours that tools use when you call them, and nobody else does."
    >
      <QueryView query={accounts} what="your connected accounts">
        {({ items }) =>
          items.length === 0 ? (
            <p className="px-4 py-3 text-muted">None. A tool that needs one asks when you call it.</p>
          ) : (
            <Table>
              <TableColumns names={['Account', 'Project', 'Key', 'Connected']} actions />
              <TableBody>
                {items.map(({ id, connection, project, preview, createdAt }) => (
                  <TableRow key={id}>
                    <TableCell className="font-medium">{connection.name}</TableCell>
                    <TableCell>
                      <TableLink href={`/projects/${project.slug}`}>{project.name}</TableLink>
                    </TableCell>
                    <TableCell className="font-mono text-12 text-muted">{preview}</TableCell>
                    <TableCell className="text-muted">
                      <RelativeTime at={createdAt} />
                    </TableCell>
                    <TableCell className="text-right">
                      <Button size="small" onClick={() => setAsked({ id, name: connection.name })}>
                        Disconnect
                      </Button>
                    </TableCell>
                  </TableRow>
                ))}
              </TableBody>
            </Table>
          )
        }
      </QueryView>
      <ConfirmMutation
        mutation={disconnect}
        variables={asked?.id ?? null}
        onClose={() => setAsked(null)}
        done="The account is disconnected"
        title={`Disconnect your ${asked?.name} account?`}
        description="What is stored of it here is deleted. Tools that need it ask for it again when you call them."
        action="Disconnect"
      />
    </Section>
  );
}
