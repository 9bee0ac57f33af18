'use client';

import { Layers, Plus } from 'lucide-react';
import { useState } from 'react';
import { ACCESS_NAMES } from '#app/connect/access-words.ts';
import type { Project, Toolset } from '#app/data/types.ts';
import { useDeleteToolset } from '#app/data/use-delete-toolset.ts';
import { useRefusal } from '#app/data/use-refusal.ts';
import { useToolsets } from '#app/data/use-toolsets.ts';
import { Section } from '#app/shell/page-body.tsx';
import { useAskedFor } from '#app/shell/use-asked-for.ts';
import { Badge } from '#app/ui/badge.tsx';
import { Button } from '#app/ui/button.tsx';
import { Refusal } from '#app/ui/changeable.tsx';
import { ConfirmMutation } from '#app/ui/confirm-mutation.tsx';
import { CopyButton } from '#app/ui/copy-button.tsx';
import { EmptyState } from '#app/ui/empty-state.tsx';
import { count } from '#app/ui/quantity.ts';
import { QueryView } from '#app/ui/query-view.tsx';
import { Table, TableBody, TableCell, TableColumns, TableRow } from '#app/ui/table.tsx';
import { ToolsetDialog } from './toolset-dialog.tsx';

/** Addresses of their own for some of the project's workflows. */
export function ToolsetList({ project }: { project: Project }) {
  const refusal = useRefusal('editor');
  const toolsets = useToolsets(project.slug);
  const [making, setMaking] = useAskedFor('toolset');
  return (
    <Section
      id="toolsets"
      title="Toolsets"
      description="Addresses of their own for some of the workflows: with their own access and instructions, say to look only."
      actions={
        <Button disabled={refusal !== null} onClick={() => setMaking(true)}>
          <Plus /> New toolset
        </Button>
      }
    >
      {refusal && (
        <div className="px-4 pt-3">
          <Refusal>{refusal}</Refusal>
        </div>
      )}
      <QueryView query={toolsets} what="the toolsets">
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState
              icon={Layers}
              title="No toolsets yet"
              action={refusal === null && <Button onClick={() => setMaking(true)}>Make a toolset</Button>}
            >
              Every client gets all that is published, as far as its key or its grant goes.
            </EmptyState>
          ) : (
            <ToolsetTable project={project} toolsets={items} refused={refusal !== null} />
          )
        }
      </QueryView>
      {making && <ToolsetDialog project={project} toolset={null} onClose={() => setMaking(false)} />}
    </Section>
  );
}

function ToolsetTable({
  project,
  toolsets,
  refused,
}: {
  project: Project;
  toolsets: readonly Toolset[];
  refused: boolean;
}) {
  const remove = useDeleteToolset(project.slug);
  const [doomed, setDoomed] = useState<Toolset | null>(null);
  const [edited, setEdited] = useState<Toolset | null>(null);
  return (
    <>
      <Table>
        <TableColumns names={['Toolset', 'Address', 'Serves', 'Access']} actions />
        <TableBody>
          {toolsets.map((toolset) => (
            <TableRow key={toolset.id}>
              <TableCell className="max-w-60">
                <span className="block truncate font-medium">{toolset.title}</span>
                {toolset.description !== '' && (
                  <span className="block truncate text-12 text-muted" title={toolset.description}>
                    {toolset.description}
                  </span>
                )}
              </TableCell>
              <TableCell>
                <span className="inline-flex items-center gap-1 font-mono text-12 text-muted">
                  {new URL(toolset.mcpUrl).pathname}
                  <CopyButton value={toolset.mcpUrl} label={`Copy the address of ${toolset.title}`} />
                </span>
              </TableCell>
              <TableCell className="max-w-48 truncate text-muted" title={toolset.workflows.join(', ')}>
                {count(toolset.workflows.length, 'workflow')}
                {toolset.readOnly && ', to look only'}
              </TableCell>
              <TableCell>
                <Badge tone={toolset.access === 'public' ? 'warning' : 'outline'}>
                  {ACCESS_NAMES[toolset.access]}
                </Badge>
              </TableCell>
              <TableCell className="text-right whitespace-nowrap">
                <Button size="small" disabled={refused} onClick={() => setEdited(toolset)}>
                  Edit
                  <span className="sr-only"> {toolset.title}</span>
                </Button>{' '}
                <Button size="small" variant="danger" disabled={refused} onClick={() => setDoomed(toolset)}>
                  Delete
                  <span className="sr-only"> {toolset.title}</span>
                </Button>
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
      {edited && (
        <ToolsetDialog key={edited.id} project={project} toolset={edited} onClose={() => setEdited(null)} />
      )}
      <ConfirmMutation
        mutation={remove}
        variables={doomed?.id ?? null}
        onClose={() => setDoomed(null)}
        title={`Delete the toolset ${doomed?.title}?`}
        description={doomed ? lostWith(doomed) : ''}
        action="Delete toolset"
        done="Toolset deleted"
      />
    </>
  );
}

/** What is lost with a toolset, in words. */
function lostWith({ mcpUrl, access, keys }: Toolset): string {
  const people = access === 'oauth' ? ' Whoever signed in there is signed out.' : '';
  const bound =
    keys.length === 0
      ? ''
      : ` ${keys.length === 1 ? 'The key' : 'The keys'} ${keys.join(', ')} ${keys.length === 1 ? 'is' : 'are'} for it, and open it no more.`;
  return `${new URL(mcpUrl).pathname} answers no more, and clients that use it find nothing.${people}${bound} The workflows stay.`;
}
