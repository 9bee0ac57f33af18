'use client';

import { ChartColumn, X } from 'lucide-react';
import dynamic from 'next/dynamic';
import Link from 'next/link';
import { usePathname, useRouter, useSearchParams } from 'next/navigation';
import type { CallRange } from '#app/data/types.ts';
import { type CallsFilter, useCalls } from '#app/data/use-calls.ts';
import { useWorkflows } from '#app/data/use-workflows.ts';
import { PageBody } from '#app/shell/page-body.tsx';
import { Button } from '#app/ui/button.tsx';
import { EmptyState } from '#app/ui/empty-state.tsx';
import { QueryView } from '#app/ui/query-view.tsx';
import { Segmented } from '#app/ui/segmented.tsx';

const RANGES: readonly { value: CallRange; label: string }[] = [
  { value: '24h', label: '24 hours' },
  { value: '7d', label: '7 days' },
  { value: '30d', label: '30 days' },
];

const CallFigures = dynamic(() => import('#app/insights/call-figures.tsx').then((file) => file.CallFigures));

/** How the tools of a project are called. The address holds the time and what it is narrowed to. */
export function InsightsScreen({ project }: { project: string }) {
  const search = useSearchParams();
  const filter = readFilter(search);
  const calls = useCalls(project, filter);
  const workflows = useWorkflows(project);
  const path = usePathname();
  const router = useRouter();
  const addressWith = (changes: Partial<Record<keyof CallsFilter, string | null>>): string => {
    const next = new URLSearchParams(search);
    for (const [name, value] of Object.entries(changes)) {
      if (value === null) next.delete(name);
      else next.set(name, value);
    }
    return next.size === 0 ? path : `${path}?${next}`;
  };
  const tool = workflows.data?.items.find(({ id }) => id === filter.workflow)?.name ?? 'one workflow';
  return (
    <PageBody
      title="Insights"
      description="Calls of clients, of the API, of schedules and of webhooks; not runs of drafts. Kept for 90 days, also when the runs are gone."
      actions={
        <Segmented
          label="Time"
          value={filter.range}
          onValueChange={(range) => router.replace(addressWith({ range }), { scroll: false })}
          options={RANGES}
        />
      }
    >
      {(filter.workflow || filter.client) && (
        <p className="flex flex-wrap items-center gap-2 text-13">
          <span className="text-muted">Only</span>
          {filter.workflow && (
            <Narrowed what={tool} mono href={addressWith({ workflow: null })} label={`Not only ${tool}`} />
          )}
          {filter.client && (
            <Narrowed
              what={filter.client}
              href={addressWith({ client: null })}
              label={`Not only ${filter.client}`}
            />
          )}
        </p>
      )}
      <QueryView query={calls} what="the figures">
        {(figures) =>
          figures.total.calls === 0 ? (
            <EmptyState
              icon={ChartColumn}
              title="No calls in this time"
              action={
                filter.workflow || filter.client ? (
                  <Button asChild>
                    <Link href={addressWith({ workflow: null, client: null })}>Show all calls</Link>
                  </Button>
                ) : (
                  <Button asChild>
                    <Link href={`/projects/${project}/connect`}>Connect a client</Link>
                  </Button>
                )
              }
            >
              What clients call shows here within seconds: how much, how fast, and what fails.
            </EmptyState>
          ) : (
            <CallFigures
              project={project}
              range={filter.range}
              figures={figures}
              narrowTo={(changes) => addressWith(changes)}
            />
          )
        }
      </QueryView>
    </PageBody>
  );
}

function Narrowed({
  what,
  href,
  label,
  mono = false,
}: {
  what: string;
  href: string;
  label: string;
  mono?: boolean;
}) {
  return (
    <Link
      href={href}
      scroll={false}
      aria-label={label}
      className="inline-flex h-6 items-center gap-1 rounded-md border border-line-strong bg-surface px-2 text-12 hover:bg-hover"
    >
      <span className={mono ? 'font-mono' : undefined}>{what}</span>
      <X aria-hidden className="size-3.5 text-muted" />
    </Link>
  );
}

function readFilter(search: URLSearchParams): CallsFilter {
  const range = RANGES.find(({ value }) => value === search.get('range'))?.value ?? '24h';
  const [workflow, client] = [search.get('workflow'), search.get('client')];
  return { range, ...(workflow && { workflow }), ...(client && { client }) };
}
