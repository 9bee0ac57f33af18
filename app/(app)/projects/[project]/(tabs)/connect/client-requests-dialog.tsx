'use client';

import Link from 'next/link';
import type { Client, ClientRequest } from '#app/data/types.ts';
import { useClientRequests } from '#app/data/use-client-requests.ts';
import { Dialog, DialogContent, DialogDescription, DialogTitle } from '#app/ui/dialog.tsx';
import { QueryView } from '#app/ui/query-view.tsx';
import { RelativeTime } from '#app/ui/relative-time.tsx';
import { Status } from '#app/ui/status.tsx';
import { Table, TableBody, TableCell, TableColumns, TableRow } from '#app/ui/table.tsx';

/** What a client asked of late, and what to do about what went wrong. */
export function ClientRequestsDialog({
  project,
  client,
  onClose,
}: {
  project: string;
  client: Client;
  onClose(): void;
}) {
  const requests = useClientRequests(project, client.id);
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent className="max-w-200!">
        <DialogTitle>Requests of {client.name}</DialogTitle>
        <DialogDescription>
          The last 200 of a week, newest first. Arguments and answers are not kept here.
        </DialogDescription>
        <QueryView query={requests} what="the requests">
          {({ items }) => (
            <Table>
              <TableColumns names={['When', 'Request', 'Outcome', 'Took']} numeric={['Took']} />
              <TableBody>
                {items.map((request) => (
                  <RequestRow key={request.id} project={project} request={request} />
                ))}
              </TableBody>
            </Table>
          )}
        </QueryView>
      </DialogContent>
    </Dialog>
  );
}

/** Transports that are not Streamable HTTP. */
const OVER: Record<ClientRequest['transport'], string | null> = {
  http: null,
  stream: null,
  websocket: 'WebSocket',
  sse: 'HTTP+SSE',
};

function RequestRow({ project, request }: { project: string; request: ClientRequest }) {
  const { at, method, tool, transport, protocol, ms } = request;
  const over = OVER[transport];
  return (
    <TableRow>
      <TableCell className="py-2 align-top text-muted">
        <RelativeTime at={at} />
      </TableCell>
      <TableCell className="py-2 align-top">
        <span className="font-mono text-12">{transport === 'stream' ? 'GET stream' : method}</span>
        {tool && <span className="font-mono text-12"> {tool}</span>}
        {(over || protocol) && (
          <span className="block text-12 text-muted">{[protocol, over].filter(Boolean).join(' over ')}</span>
        )}
      </TableCell>
      <TableCell className="py-2 align-top">
        <Outcome project={project} request={request} />
      </TableCell>
      <TableCell className="py-2 text-right align-top text-muted">{ms} ms</TableCell>
    </TableRow>
  );
}

function Outcome({ project, request }: { project: string; request: ClientRequest }) {
  const { failure, status, code, what, detail, todo, runId } = request;
  const numbers = [status !== null && `HTTP ${status}`, code !== null && `error ${code}`]
    .filter(Boolean)
    .join(', ');
  if (failure === null) {
    return <Status status="succeeded">{numbers || 'answered'}</Status>;
  }
  return (
    <div className="flex flex-col gap-0.5">
      <Status status={todo === null ? 'skipped' : 'error'}>{numbers || 'failed'}</Status>
      <span>{what}</span>
      {detail && <span className="break-words text-12 text-muted">{detail}</span>}
      {todo && <span className="text-12 text-muted">{todo}</span>}
      {runId && (
        <Link className="text-12 underline" href={`/projects/${project}/runs/${runId}`}>
          Open the run
        </Link>
      )}
    </div>
  );
}
