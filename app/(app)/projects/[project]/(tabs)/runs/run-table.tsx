'use client';

import type { RunSummary } from '#app/data/types.ts';
import type { RunSort } from '#app/data/use-runs.ts';
import { Cause } from '#app/runs/cause.tsx';
import { DeadLetterActions } from '#app/runs/dead-letter-actions.tsx';
import { useFilterAddress } from '#app/shell/use-filter-address.ts';
import { count, duration, fullTime, number } from '#app/ui/quantity.ts';
import { RelativeTime } from '#app/ui/relative-time.tsx';
import { Status } from '#app/ui/status.tsx';
import { Table, TableBody, TableCell, TableHeader, TableRow } from '#app/ui/table.tsx';
import { TableLink } from '#app/ui/table-link.tsx';

/** Runs, one a row; of those that failed for good, what can be done. */
export function RunTable({
  project,
  runs,
  sort,
}: {
  project: string;
  runs: readonly RunSummary[];
  sort: RunSort;
}) {
  const actions = runs.some((run) => run.deadAt !== null);
  return (
    <Table>
      <RunColumns sort={sort} actions={actions} />
      <TableBody>
        {runs.map((run) => (
          <TableRow key={run.id}>
            <TableCell className="w-36">
              <TableLink href={`/projects/${project}/runs/${run.id}`} title={exactly(run)}>
                <RelativeTime at={run.startedAt} />
              </TableLink>
            </TableCell>
            <TableCell className="max-w-60 truncate">
              <span className="font-mono text-12">{run.workflowName}</span>{' '}
              <span className="text-12 text-muted">{run.version === null ? 'draft' : `v${run.version}`}</span>
            </TableCell>
            <TableCell className="max-w-90">
              <Outcome run={run} />
            </TableCell>
            <TableCell className="text-right tabular-nums">
              {run.durationMs === null ? '' : duration(run.durationMs)}
            </TableCell>
            <TableCell className="max-w-48">
              <Cause project={project} run={run} />
            </TableCell>
            {actions && (
              <TableCell className="text-right">
                {run.deadAt !== null && <DeadLetterActions project={project} run={run.id} size="small" />}
              </TableCell>
            )}
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

function RunColumns({ sort, actions }: { sort: RunSort; actions: boolean }) {
  const change = useFilterAddress();
  return (
    <thead>
      <TableRow>
        <TableHeader
          sorted={sort === 'newest' ? 'descending' : sort === 'oldest' ? 'ascending' : null}
          onSort={() => change({ sort: sort === 'newest' ? 'oldest' : null })}
        >
          Started
        </TableHeader>
        <TableHeader>Workflow</TableHeader>
        <TableHeader>Outcome</TableHeader>
        <TableHeader
          className="text-right"
          sorted={sort === 'slowest' ? 'descending' : sort === 'fastest' ? 'ascending' : null}
          onSort={() => change({ sort: sort === 'slowest' ? 'fastest' : 'slowest' })}
        >
          Duration
        </TableHeader>
        <TableHeader>Cause</TableHeader>
        {actions && (
          <TableHeader>
            <span className="sr-only">Actions</span>
          </TableHeader>
        )}
      </TableRow>
    </thead>
  );
}

/** On hover: the moment and the duration, to the millisecond. */
function exactly({ startedAt, durationMs }: RunSummary): string {
  const at = fullTime(startedAt);
  return durationMs === null ? at : `${at} · ${number(durationMs)} ms`;
}

function Outcome({ run }: { run: RunSummary }) {
  return (
    <span className="flex min-w-0 items-center gap-2">
      <Status status={run.status} />
      {run.status === 'suspended' && run.expiresAt && (
        <span className="truncate text-12 text-muted">
          expires <RelativeTime at={run.expiresAt} />
        </span>
      )}
      {run.attempts !== null && (
        <span className="shrink-0 text-12 text-muted">{count(run.attempts, 'attempt')}</span>
      )}
      {run.error && (
        <span className="truncate text-12 text-muted" title={run.error}>
          {run.error}
        </span>
      )}
    </span>
  );
}
