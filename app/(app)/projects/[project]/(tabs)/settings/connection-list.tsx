'use client';

import { Plug, Plus } from 'lucide-react';
import { useState } from 'react';
import type { Connection } from '#app/data/types.ts';
import { useConnections } from '#app/data/use-connections.ts';
import { useDeleteConnection } from '#app/data/use-delete-connection.ts';
import { Section } from '#app/shell/page-body.tsx';
import { Button } from '#app/ui/button.tsx';
import { ConfirmMutation } from '#app/ui/confirm-mutation.tsx';
import { EmptyState } from '#app/ui/empty-state.tsx';
import { QueryView } from '#app/ui/query-view.tsx';
import { Status } from '#app/ui/status.tsx';
import { Table, TableBody, TableCell, TableColumns, TableRow } from '#app/ui/table.tsx';
import { ConnectionDialog } from './connection-dialog.tsx';

const TYPES: Record<Connection['type'], string> = {
  bearer: 'Bearer token',
  basic: 'User and password',
  header: 'Header',
  query: 'Query parameter',
  postgres: 'PostgreSQL',
};

/** Stored credentials. A secret goes in and is never shown again. */
export function ConnectionList({ project }: { project: string }) {
  const connections = useConnections(project);
  const remove = useDeleteConnection(project);
  /** `new`, or the one that is edited. */
  const [open, setOpen] = useState<'new' | Connection | null>(null);
  const [doomed, setDoomed] = useState<Connection | null>(null);
  return (
    <Section
      title="Connections"
      description="Credentials for HTTP steps and databases. Each is sent only to the hosts it names."
      actions={
        <Button onClick={() => setOpen('new')}>
          <Plus /> New connection
        </Button>
      }
    >
      <QueryView query={connections} what="the connections">
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState
              icon={Plug}
              title="No connections yet"
              action={<Button onClick={() => setOpen('new')}>Add a connection</Button>}
            >
              Keep an API’s token here, and steps use it without ever seeing it.
            </EmptyState>
          ) : (
            <Table>
              <TableColumns names={['Name', 'Type', 'Hosts', 'Secret']} actions />
              <TableBody>
                {items.map((connection) => (
                  <TableRow key={connection.id}>
                    <TableCell className="font-medium">{connection.name}</TableCell>
                    <TableCell>{TYPES[connection.type]}</TableCell>
                    <TableCell className="font-mono text-12">{connection.hosts.join(', ')}</TableCell>
                    <TableCell>
                      {connection.preview ? (
                        <span className="font-mono text-12 text-muted">{connection.preview}</span>
                      ) : (
                        <Status status="warning">Not set</Status>
                      )}
                    </TableCell>
                    <TableCell>
                      <span className="flex justify-end gap-1">
                        <Button size="small" onClick={() => setOpen(connection)}>
                          Edit
                        </Button>
                        <Button size="small" variant="danger" onClick={() => setDoomed(connection)}>
                          Delete
                        </Button>
                      </span>
                    </TableCell>
                  </TableRow>
                ))}
              </TableBody>
            </Table>
          )
        }
      </QueryView>
      {open !== null && (
        <ConnectionDialog
          project={project}
          connection={open === 'new' ? null : open}
          onClose={() => setOpen(null)}
        />
      )}
      <ConfirmMutation
        mutation={remove}
        variables={doomed?.id ?? null}
        onClose={() => setDoomed(null)}
        title={`Delete the connection ${doomed?.name}?`}
        description="Steps that use it will fail until they are given another."
        action="Delete connection"
      />
    </Section>
  );
}
