'use client';

import { Plug, Plus } from 'lucide-react';
import { useState } from 'react';
import { ConnectionDialog } from '#app/connections/connection-dialog.tsx';
import type { Mention } from '#app/data/settings-types.ts';
import type { Connection } from '#app/data/types.ts';
import { useBeginProjectConnect } from '#app/data/use-connect-account.ts';
import { useConnections } from '#app/data/use-connections.ts';
import { useDeleteConnection } from '#app/data/use-delete-connection.ts';
import { useMentions } from '#app/data/use-mentions.ts';
import { useRefusal } from '#app/data/use-refusal.ts';
import { Section } from '#app/shell/page-body.tsx';
import { useAskedFor } from '#app/shell/use-asked-for.ts';
import { Button } from '#app/ui/button.tsx';
import { Refusal } from '#app/ui/changeable.tsx';
import { ConfirmMutation } from '#app/ui/confirm-mutation.tsx';
import { EmptyState } from '#app/ui/empty-state.tsx';
import { count } from '#app/ui/quantity.ts';
import { QueryView } from '#app/ui/query-view.tsx';
import { Status } from '#app/ui/status.tsx';
import { Table, TableBody, TableCell, TableColumns, TableRow } from '#app/ui/table.tsx';
import { toast } from '#app/ui/toast.ts';
import { ConnectionTestDialog } from './connection-test-dialog.tsx';
import { MentionList } from './mention-list.tsx';

const TYPES: Record<Connection['type'], string> = {
  bearer: 'Bearer token',
  basic: 'User and password',
  header: 'Header',
  query: 'Query parameter',
  oauth2: 'OAuth 2',
  postgres: 'PostgreSQL',
};

/** Stored credentials. A secret goes in and is never shown again. */
export function ConnectionList({ project }: { project: string }) {
  const connections = useConnections(project);
  const refusal = useRefusal('editor');
  const remove = useDeleteConnection(project);
  const begin = useBeginProjectConnect(project);
  const mentions = useMentions(project).data?.connections;
  const [making, setMaking] = useAskedFor('connection');
  const [edited, setEdited] = useState<Connection | null>(null);
  const [tested, setTested] = useState<Connection | null>(null);
  const [doomed, setDoomed] = useState<Connection | null>(null);
  return (
    <Section
      id="connections"
      title="Connections"
      description="Credentials for HTTP steps and databases. Each is sent only to the hosts it names."
      actions={
        <Button disabled={refusal !== null} onClick={() => setMaking(true)}>
          <Plus /> New connection
        </Button>
      }
    >
      {refusal && (
        <div className="px-4 pt-3">
          <Refusal>{refusal}</Refusal>
        </div>
      )}
      <QueryView query={connections} what="the connections">
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState
              icon={Plug}
              title="No connections yet"
              action={refusal === null && <Button onClick={() => setMaking(true)}>Add a connection</Button>}
            >
              Keep an API’s token here, and steps use it without ever seeing it.
            </EmptyState>
          ) : (
            <Table>
              <TableColumns names={['Name', 'Type', 'Hosts', 'Secret', 'Used in']} actions />
              <TableBody>
                {items.map((connection) => (
                  <TableRow key={connection.id}>
                    <TableCell className="font-medium">{connection.name}</TableCell>
                    <TableCell className="whitespace-nowrap">{TYPES[connection.type]}</TableCell>
                    <TableCell className="py-1.5 font-mono text-12">{connection.hosts.join(', ')}</TableCell>
                    <TableCell>
                      <SecretState connection={connection} />
                    </TableCell>
                    <TableCell>
                      {mentions && <MentionList project={project} mentions={mentions[connection.id] ?? []} />}
                    </TableCell>
                    <TableCell>
                      <span className="flex justify-end gap-1">
                        {connection.type === 'oauth2' && !connection.perCaller && (
                          <Button
                            size="small"
                            disabled={refusal !== null}
                            busy={begin.isPending && begin.variables === connection.id}
                            onClick={() =>
                              begin.mutate(connection.id, {
                                onSuccess: ({ url }) => window.location.assign(url),
                                onError: (error) => toast.error(error.message),
                              })
                            }
                          >
                            {connection.accounts > 0 ? 'Connect again' : 'Connect'}
                          </Button>
                        )}
                        <Button
                          size="small"
                          disabled={refusal !== null}
                          onClick={() => setTested(connection)}
                        >
                          Test
                        </Button>
                        <Button
                          size="small"
                          disabled={refusal !== null}
                          onClick={() => setEdited(connection)}
                        >
                          Edit
                        </Button>
                        <Button
                          size="small"
                          variant="danger"
                          disabled={refusal !== null}
                          onClick={() => setDoomed(connection)}
                        >
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
      {(making || edited) && (
        <ConnectionDialog
          project={project}
          connection={edited}
          onClose={() => {
            setMaking(false);
            setEdited(null);
          }}
        />
      )}
      {tested && (
        <ConnectionTestDialog project={project} connection={tested} onClose={() => setTested(null)} />
      )}
      <ConfirmMutation
        mutation={remove}
        variables={doomed?.id ?? null}
        onClose={() => setDoomed(null)}
        title={`Delete the connection ${doomed?.name}?`}
        description={lossOf(doomed ? (mentions?.[doomed.id] ?? []) : [])}
        action="Delete connection"
        done="Connection deleted"
      />
    </Section>
  );
}

/** Whether it can be used, and what is shown of its secret. */
function SecretState({ connection: { type, preview, perCaller, accounts } }: { connection: Connection }) {
  if (type === 'oauth2' && preview === '') return <Status status="warning">Not set</Status>;
  if (perCaller) {
    return <span className="whitespace-nowrap text-muted">{count(accounts, 'caller')} connected</span>;
  }
  if (type === 'oauth2') {
    return accounts > 0 ? (
      <Status status="ok">Connected</Status>
    ) : (
      <Status status="warning">Not connected</Status>
    );
  }
  if (preview === '') return <Status status="warning">Not set</Status>;
  return <span className="font-mono text-12 text-muted">{preview}</span>;
}

/** What breaks without a connection. */
function lossOf(mentions: readonly Mention[]): string {
  if (mentions.length === 0) return 'No workflow uses it. Its secret is lost.';
  const names = mentions.map(({ name, live }) => (live ? name : `${name} (draft)`)).join(', ');
  return `Its secret is lost, and these workflows fail until they are given another: ${names}.`;
}
