'use client';

import type { UseMutationResult } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { Grant } from '#app/data/grant-types.ts';
import { useSort } from '#app/shell/use-sort.ts';
import { Button } from '#app/ui/button.tsx';
import { ConfirmMutation } from '#app/ui/confirm-mutation.tsx';
import { RelativeTime } from '#app/ui/relative-time.tsx';
import { SortedColumns } from '#app/ui/sorted-columns.tsx';
import { Table, TableBody, TableCell, TableRow } from '#app/ui/table.tsx';

export interface GrantTableProps<Row extends Grant> {
  grants: readonly Row[];
  /** The head of the column that says whose it is: the person, or the project. */
  owner: { name: string; of(grant: Row): ReactNode; sortedBy(grant: Row): string };
  /** Null for who may only look. */
  revoke: UseMutationResult<void, Error, string> | null;
}

/** Apps that were let in, each with a way to shut it out. */
export function GrantTable<Row extends Grant>({ grants, owner, revoke }: GrantTableProps<Row>) {
  const [doomed, setDoomed] = useState<Row | null>(null);
  const { rows, sort, onSort } = useSort(grants, {
    name: 'apps',
    usual: { by: 'made', down: true },
    values: {
      app: ({ client }: Row) => client,
      owner: (grant: Row) => owner.sortedBy(grant),
      used: ({ lastUsedAt }: Row) => lastUsedAt,
      made: ({ createdAt }: Row) => createdAt,
    },
  });
  const columns = [
    { by: 'app', name: 'App' },
    { by: 'owner', name: owner.name },
    { name: 'Tools' },
    { by: 'used', name: 'Last used' },
    { by: 'made', name: 'Let in' },
  ] as const;
  return (
    <>
      <Table>
        <SortedColumns columns={columns} sort={sort} onSort={onSort} actions={revoke !== null} />
        <TableBody>
          {rows.map((grant) => (
            <TableRow key={grant.id}>
              <TableCell className="max-w-60">
                <span className="block truncate font-medium" title={grant.clientId}>
                  {grant.client}
                </span>
                <span className="block truncate text-12 text-muted">{grant.redirectHost}</span>
              </TableCell>
              <TableCell>{owner.of(grant)}</TableCell>
              <TableCell className="max-w-60 truncate" title={grant.tools?.join(', ')}>
                {toolWords(grant)}
              </TableCell>
              <TableCell className="text-muted">
                {grant.lastUsedAt ? <RelativeTime at={grant.lastUsedAt} /> : 'Never'}
              </TableCell>
              <TableCell className="text-muted">
                <RelativeTime at={grant.createdAt} />
              </TableCell>
              {revoke && (
                <TableCell className="text-right">
                  <Button size="small" variant="danger" onClick={() => setDoomed(grant)}>
                    Revoke
                  </Button>
                </TableCell>
              )}
            </TableRow>
          ))}
        </TableBody>
      </Table>
      {revoke && (
        <ConfirmMutation
          mutation={revoke}
          variables={doomed?.id ?? null}
          onClose={() => setDoomed(null)}
          title={`Shut ${doomed?.client ?? 'the app'} out?`}
          description="It is refused within five seconds, and what it has open ends. To come back it has to ask again."
          action="Revoke access"
          done="Access revoked"
        />
      )}
    </>
  );
}

function toolWords({ tools, readOnly }: Grant): string {
  if (tools) return tools.length === 0 ? 'None' : tools.join(', ');
  return readOnly ? 'All that read' : 'All';
}
