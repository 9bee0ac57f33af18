'use client';

import { History } from 'lucide-react';
import Link from 'next/link';
import { usePathname, useRouter, useSearchParams } from 'next/navigation';
import type { RunStatus, RunSummary } from '#app/data/types.ts';
import { useRuns } from '#app/data/use-runs.ts';
import { useWorkflows } from '#app/data/use-workflows.ts';
import { PageBody, Section } from '#app/shell/page-body.tsx';
import { Button } from '#app/ui/button.tsx';
import { EmptyState } from '#app/ui/empty-state.tsx';
import { duration } from '#app/ui/quantity.ts';
import { QueryView } from '#app/ui/query-view.tsx';
import { RelativeTime } from '#app/ui/relative-time.tsx';
import { Select } from '#app/ui/select.tsx';
import { Status } from '#app/ui/status.tsx';
import { Table, TableBody, TableCell, TableColumns, TableRow } from '#app/ui/table.tsx';
import { TableLink } from '#app/ui/table-link.tsx';

const ANY = 'any';

const STATUSES: { value: RunStatus | typeof ANY; label: string }[] = [
  { value: ANY, label: 'Any outcome' },
  { value: 'succeeded', label: 'Succeeded' },
  { value: 'failed', label: 'Failed' },
  { value: 'running', label: 'Running' },
  { value: 'timed_out', label: 'Timed out' },
  { value: 'cancelled', label: 'Cancelled' },
  { value: 'crashed', label: 'Crashed' },
];

/** Runs of a project, newest first. The address holds the filter. */
export function RunList({ project }: { project: string }) {
  const router = useRouter();
  const path = usePathname();
  const search = useSearchParams();
  const workflow = search.get('workflow') ?? undefined;
  const status = STATUSES.find(({ value }) => value === search.get('status'))?.value ?? ANY;
  const workflows = useWorkflows(project);
  const runs = useRuns(project, {
    ...(workflow && { workflow }),
    ...(status !== ANY && { status: status as RunStatus }),
  });
  const filtered = workflow !== undefined || status !== ANY;

  const filterBy = (change: Record<string, string>): void => {
    const next = new URLSearchParams(search);
    for (const [name, value] of Object.entries(change)) {
      if (value === ANY) next.delete(name);
      else next.set(name, value);
    }
    router.replace(`${path}?${next}`);
  };

  return (
    <PageBody
      title="Runs"
      description="Every call of a tool and every try on the canvas. Kept for 30 days or 10,000 runs, whichever ends first."
      actions={
        <>
          <Select
            aria-label="Workflow"
            className="w-44"
            value={workflow ?? ANY}
            onValueChange={(value) => filterBy({ workflow: value })}
            options={[
              { value: ANY, label: 'All workflows' },
              ...(workflows.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name })),
            ]}
          />
          <Select
            aria-label="Outcome"
            className="w-36"
            value={status}
            onValueChange={(value) => filterBy({ status: value })}
            options={STATUSES}
          />
        </>
      }
    >
      <QueryView query={runs} what="the runs">
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items);
          if (items.length === 0) return <NoRuns project={project} filtered={filtered} />;
          return (
            <Section title="Newest first">
              <RunTable project={project} runs={items} />
              {runs.hasNextPage && (
                <div className="flex justify-center p-3">
                  <Button busy={runs.isFetchingNextPage} onClick={() => runs.fetchNextPage()}>
                    Show older runs
                  </Button>
                </div>
              )}
            </Section>
          );
        }}
      </QueryView>
    </PageBody>
  );
}

function NoRuns({ project, filtered }: { project: string; filtered: boolean }) {
  if (filtered) {
    return (
      <EmptyState
        icon={History}
        title="No run matches"
        action={
          <Button asChild>
            <Link href={`/projects/${project}/runs`}>Show all runs</Link>
          </Button>
        }
      />
    );
  }
  return (
    <EmptyState
      icon={History}
      title="No runs yet"
      action={
        <Button asChild>
          <Link href={`/projects/${project}/connect`}>Connect a client</Link>
        </Button>
      }
    >
      Press Run on a workflow, or connect an MCP client and let it call a tool.
    </EmptyState>
  );
}

function RunTable({ project, runs }: { project: string; runs: readonly RunSummary[] }) {
  return (
    <Table>
      <TableColumns names={['Started', 'Workflow', 'Outcome', 'Duration', 'Client']} numeric={['Duration']} />
      <TableBody>
        {runs.map((run) => (
          <TableRow key={run.id}>
            <TableCell className="w-40">
              <TableLink href={`/projects/${project}/runs/${run.id}`}>
                <RelativeTime at={run.startedAt} />
              </TableLink>
            </TableCell>
            <TableCell>
              <span className="font-mono text-12">{run.workflowName}</span>{' '}
              <span className="text-12 text-muted">{run.version === null ? 'draft' : `v${run.version}`}</span>
            </TableCell>
            <TableCell className="max-w-90">
              <span className="flex min-w-0 items-center gap-2">
                <Status status={run.status} />
                {run.error && <span className="truncate text-12 text-muted">{run.error}</span>}
              </span>
            </TableCell>
            <TableCell className="text-right tabular-nums">
              {run.durationMs === null ? '' : duration(run.durationMs)}
            </TableCell>
            <TableCell className="max-w-48 truncate text-muted">
              {run.client ?? (run.version === null ? 'Canvas' : '—')}
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
