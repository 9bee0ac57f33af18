'use client';

import { KeyRound, Plus } from 'lucide-react';
import { useState } from 'react';
import type { Key, Toolset } from '#app/data/types.ts';
import { useDeleteKey } from '#app/data/use-delete-key.ts';
import { useKeys } from '#app/data/use-keys.ts';
import { useProject } from '#app/data/use-project.ts';
import { useRefusal } from '#app/data/use-refusal.ts';
import { useToolsets } from '#app/data/use-toolsets.ts';
import { Section } from '#app/shell/page-body.tsx';
import { useAskedFor } from '#app/shell/use-asked-for.ts';
import { useSort } from '#app/shell/use-sort.ts';
import { Button } from '#app/ui/button.tsx';
import { Refusal } from '#app/ui/changeable.tsx';
import { ConfirmMutation } from '#app/ui/confirm-mutation.tsx';
import { EmptyState } from '#app/ui/empty-state.tsx';
import { QueryView } from '#app/ui/query-view.tsx';
import { RelativeTime } from '#app/ui/relative-time.tsx';
import { SortedColumns } from '#app/ui/sorted-columns.tsx';
import { Table, TableBody, TableCell, TableRow } from '#app/ui/table.tsx';
import { NewKeyDialog } from './new-key-dialog.tsx';

/** The keys of a project. A secret is shown once, when its key is made. */
export function KeyList({ project }: { project: string }) {
  const refusal = useRefusal('editor');
  const keys = useKeys(project);
  const signsIn = useProject(project).data?.access === 'oauth';
  const [making, setMaking] = useAskedFor('key');
  return (
    <Section
      id="keys"
      title="API keys"
      description="A client sends one as Authorization: Bearer or X-API-Key."
      actions={
        <Button disabled={refusal !== null} onClick={() => setMaking(true)}>
          <Plus /> New key
        </Button>
      }
    >
      {refusal && (
        <div className="px-4 pt-3">
          <Refusal>{refusal}</Refusal>
        </div>
      )}
      <QueryView query={keys} what="the keys">
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState
              icon={KeyRound}
              title="No keys yet"
              action={refusal === null && <Button onClick={() => setMaking(true)}>Make a key</Button>}
            >
              {signsIn
                ? 'A program that cannot send a person here to sign in needs one.'
                : 'Without a key nothing can call this project.'}
            </EmptyState>
          ) : (
            <KeyTable project={project} keys={items} />
          )
        }
      </QueryView>
      <NewKeyDialog project={project} open={making} onOpenChange={setMaking} />
    </Section>
  );
}

const COLUMNS = [
  { by: 'name', name: 'Name' },
  { name: 'Key' },
  { name: 'Tools' },
  { by: 'used', name: 'Last used' },
  { by: 'made', name: 'Made' },
  { by: 'expires', name: 'Expires' },
] as const;

function KeyTable({ project, keys }: { project: string; keys: readonly Key[] }) {
  const refusal = useRefusal('editor');
  const revoke = useDeleteKey(project);
  const toolsets = useToolsets(project).data?.items ?? [];
  const [doomed, setDoomed] = useState<Key | null>(null);
  const { rows, sort, onSort } = useSort(keys, {
    name: 'keys',
    usual: { by: 'made', down: true },
    values: {
      name: ({ name }: Key) => name,
      used: ({ lastUsedAt }: Key) => lastUsedAt,
      made: ({ createdAt }: Key) => createdAt,
      expires: ({ expiresAt }: Key) => expiresAt,
    },
  });
  return (
    <>
      <Table>
        <SortedColumns columns={COLUMNS} sort={sort} onSort={onSort} actions />
        <TableBody>
          {rows.map((key) => (
            <TableRow key={key.id}>
              <TableCell className="font-medium">{key.name}</TableCell>
              <TableCell className="font-mono text-12 text-muted">{key.preview}</TableCell>
              <TableCell className="max-w-60 truncate" title={key.tools?.join(', ')}>
                {key.tools ? key.tools.join(', ') : 'All'}
                {(key.readOnly || key.toolsets) && (
                  <span className="block truncate text-12 text-muted">
                    {[key.readOnly && 'to look only', key.toolsets && placesOf(key.toolsets, toolsets)]
                      .filter(Boolean)
                      .join('; ')}
                  </span>
                )}
              </TableCell>
              <TableCell className="text-muted">
                {key.lastUsedAt ? <RelativeTime at={key.lastUsedAt} /> : 'Never'}
              </TableCell>
              <TableCell className="text-muted">
                <RelativeTime at={key.createdAt} />
                <span className="block text-12">by {key.createdBy ?? 'somebody who is gone'}</span>
              </TableCell>
              <TableCell className="text-muted">
                {key.expiresAt ? <RelativeTime at={key.expiresAt} /> : 'Never'}
              </TableCell>
              <TableCell className="text-right">
                <Button
                  size="small"
                  variant="danger"
                  disabled={refusal !== null}
                  onClick={() => setDoomed(key)}
                >
                  Revoke
                </Button>
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
      <ConfirmMutation
        mutation={revoke}
        variables={doomed?.id ?? null}
        onClose={() => setDoomed(null)}
        title={`Revoke the key ${doomed?.name}?`}
        description="Clients that use it are refused within five seconds. This cannot be undone."
        action="Revoke key"
        done="Key revoked"
      />
    </>
  );
}

/** `at analysis`: the toolsets that a key opens. */
function placesOf(ids: readonly string[], toolsets: readonly Toolset[]): string {
  const names = toolsets.filter(({ id }) => ids.includes(id)).map(({ name }) => name);
  return names.length === 0 ? 'at a toolset that is gone' : `at ${names.join(', ')}`;
}
