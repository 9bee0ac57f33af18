'use client';

import Link from 'next/link';
import type { AuditEvent } from '#app/data/settings-types.ts';
import { RelativeTime } from '#app/ui/relative-time.tsx';
import { Status, type StatusName } from '#app/ui/status.tsx';
import { Table, TableBody, TableCell, TableColumns, TableRow } from '#app/ui/table.tsx';
import { actorWords, auditWords, factWords } from './audit-words.ts';

interface NamedProject {
  id: string;
  slug: string;
  name: string;
}

/** Events, one a row. */
export function AuditTable({
  events,
  projects,
}: {
  events: readonly AuditEvent[];
  projects: readonly NamedProject[];
}) {
  const named = new Map(projects.map((project) => [project.id, project]));
  return (
    <Table>
      <TableColumns names={['When', 'Who', 'What', 'Facts']} />
      <TableBody>
        {events.map((event) => (
          <TableRow key={event.number}>
            <TableCell className="py-1.5 align-top whitespace-nowrap text-muted">
              <RelativeTime at={event.at} />
              <span className="block font-mono text-12">no. {event.number}</span>
            </TableCell>
            <TableCell className="py-1.5 align-top">
              {actorWords(event.actor)}
              {event.client && <span className="block text-12 text-muted">{event.client}</span>}
              {event.ip && <span className="block font-mono text-12 text-muted">{event.ip}</span>}
            </TableCell>
            <TableCell className="py-1.5 align-top">
              {auditWords(event.action)}
              {event.tool && <code className="ml-1">{event.tool}</code>}
              {event.outcome !== 'ok' && (
                <span className="ml-2">
                  <Status status={STATUSES[event.outcome] ?? 'failed'} />
                </span>
              )}
              <code className="block text-12 text-muted">{event.action}</code>
            </TableCell>
            <TableCell className="max-w-90 py-1.5 align-top font-mono text-12 break-words text-muted">
              <Facts event={event} project={named.get(event.projectId ?? '')} />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

const STATUSES: Readonly<Record<string, StatusName>> = {
  refused: 'refused',
  failed: 'failed',
  cancelled: 'cancelled',
  waiting: 'suspended',
};

function Facts({
  event: { details, target },
  project,
}: {
  event: AuditEvent;
  project: NamedProject | undefined;
}) {
  const run = target?.startsWith('run:') ? target.slice('run:'.length) : null;
  return (
    <>
      <span title={JSON.stringify({ target, ...details })}>{factWords(details)}</span>
      {project && (
        <span className="block">
          <Link className="underline" href={`/projects/${project.slug}`}>
            {project.name}
          </Link>
          {run && (
            <>
              {' · '}
              <Link className="underline" href={`/projects/${project.slug}/runs/${run}`}>
                its run
              </Link>
            </>
          )}
        </span>
      )}
    </>
  );
}
