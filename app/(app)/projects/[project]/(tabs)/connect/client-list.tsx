'use client';

import { Plug } from 'lucide-react';
import { useSearchParams } from 'next/navigation';
import { useState } from 'react';
import type { Client } from '#app/data/types.ts';
import { useClients } from '#app/data/use-clients.ts';
import { Section } from '#app/shell/page-body.tsx';
import { Button } from '#app/ui/button.tsx';
import { EmptyState } from '#app/ui/empty-state.tsx';
import { QueryView } from '#app/ui/query-view.tsx';
import { RelativeTime } from '#app/ui/relative-time.tsx';
import { Status } from '#app/ui/status.tsx';
import { Table, TableBody, TableCell, TableColumns, TableRow } from '#app/ui/table.tsx';
import { ClientRequestsDialog } from './client-requests-dialog.tsx';

/** Who called within a week, and how far each came. An address with `client`, an id, shows what that one asked. */
export function ClientList({ project }: { project: string }) {
  const clients = useClients(project);
  const [shownId, setShownId] = useState(useSearchParams().get('client'));
  const shown = clients.data?.items.find(({ id }) => id === shownId);
  return (
    <Section title="Clients" description="Who called this address within a week, and how far each came.">
      <QueryView query={clients} what="the clients">
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState icon={Plug} title="No client has called yet">
              Connect one with the instructions above: it appears here with its first request, also when that
              is refused.
            </EmptyState>
          ) : (
            <ClientTable clients={items} onShow={setShownId} />
          )
        }
      </QueryView>
      {shown && <ClientRequestsDialog project={project} client={shown} onClose={() => setShownId(null)} />}
    </Section>
  );
}

function ClientTable({ clients, onShow }: { clients: readonly Client[]; onShow(id: string): void }) {
  return (
    <Table>
      <TableColumns names={['Client', 'Key', 'Protocol', 'Came as far as', 'Last seen']} actions />
      <TableBody>
        {clients.map((client) => (
          <TableRow key={client.id}>
            <TableCell className="max-w-60 truncate">
              <span className="font-medium">{client.name}</span>{' '}
              <span className="text-muted">{client.version}</span>
            </TableCell>
            <TableCell className="max-w-48 truncate">
              <ClientKey client={client} />
            </TableCell>
            <TableCell className="whitespace-nowrap text-muted">{client.protocol ?? 'Unknown'}</TableCell>
            <TableCell>
              <Progress client={client} />
            </TableCell>
            <TableCell className="text-muted">
              <RelativeTime at={client.lastSeenAt} />
            </TableCell>
            <TableCell className="text-right">
              <Button size="small" onClick={() => onShow(client.id)}>
                {client.failures > 0 ? `${client.failures} of ${client.requests} failed` : 'Requests'}
                <span className="sr-only"> of {client.name}</span>
              </Button>
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

function ClientKey({ client: { key, access } }: { client: Client }) {
  if (access === 'public') return <span className="text-muted">None needed</span>;
  if (!key) return <span className="text-muted">None sent</span>;
  return (
    <>
      {key.name} <span className="font-mono text-12 text-muted">{key.preview}</span>
    </>
  );
}

/** Found the server, listed the tools, called one. */
function Progress({ client }: { client: Client }) {
  if (client.access === 'refused') return <Status status="refused" />;
  const steps = [
    ['Found', client.discoveredAt],
    ['Listed tools', client.listedAt],
    ['Called', client.calledAt],
  ] as const;
  return (
    <span className="flex gap-3 text-12">
      {steps.map(([word, at]) => (
        <Status key={word} status={at ? 'succeeded' : 'draft'}>
          {at ? word : `${word}: not yet`}
        </Status>
      ))}
    </span>
  );
}
