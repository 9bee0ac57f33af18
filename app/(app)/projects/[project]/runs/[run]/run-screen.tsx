'use client';

import Link from 'next/link';
import { usePathname, useRouter, useSearchParams } from 'next/navigation';
import { useCallback, useMemo } from 'react';
import { RunDetail } from '#app/canvas/run-detail.tsx';
import { RunGraph } from '#app/canvas/run-graph.tsx';
import { recordedRun } from '#app/canvas/system/recorded-run.ts';
import { Waterfall } from '#app/canvas/waterfall.tsx';
import type { Run } from '#app/data/types.ts';
import { useCancelRun } from '#app/data/use-cancel-run.ts';
import { useRun } from '#app/data/use-run.ts';
import { Button } from '#app/ui/button.tsx';
import { duration } from '#app/ui/quantity.ts';
import { QueryView } from '#app/ui/query-view.tsx';
import { RelativeTime } from '#app/ui/relative-time.tsx';
import { Status } from '#app/ui/status.tsx';

/** One run: the way it took on its graph, the time of each step, and what went in and came out. */
export function RunScreen({ project, runId }: { project: string; runId: string }) {
  const run = useRun(project, runId);
  return (
    <QueryView query={run} what="the run">
      {(data) => <LoadedRun project={project} run={data as Run} />}
    </QueryView>
  );
}

function LoadedRun({ project, run }: { project: string; run: Run }) {
  const router = useRouter();
  const path = usePathname();
  const step = useSearchParams().get('step');
  const cancel = useCancelRun(project);
  const view = useMemo(() => recordedRun(run), [run]);
  const select = useCallback(
    (nodeId: string | null) => router.replace(nodeId ? `${path}?step=${nodeId}` : path, { scroll: false }),
    [router, path],
  );
  return (
    <main className="grid h-dvh grid-rows-[auto_minmax(0,1fr)_minmax(0,320px)]">
      <header className="flex h-12 items-center gap-3 border-b border-line bg-surface px-4">
        <nav aria-label="Breadcrumb" className="flex min-w-0 items-center gap-2 text-13 text-muted">
          <Link href={`/projects/${project}`} className="hover:text-ink">
            {project}
          </Link>
          <span aria-hidden>▸</span>
          <Link href={`/projects/${project}/runs`} className="hover:text-ink">
            Runs
          </Link>
          <span aria-hidden>▸</span>
        </nav>
        <h1 className="truncate font-mono text-13 font-semibold">
          {run.workflowName}{' '}
          <span className="font-sans font-normal text-muted">
            {run.version === null ? 'draft' : `v${run.version}`}
          </span>
        </h1>
        <Status status={run.status} />
        <span className="text-12 text-muted">
          <RelativeTime at={run.startedAt} />
          {run.durationMs !== null && ` · ${duration(run.durationMs)}`}
          {run.client && ` · ${run.client}`}
        </span>
        <span className="flex-1" />
        {run.status === 'running' && (
          <Button busy={cancel.isPending} onClick={() => cancel.mutate(run.id)}>
            Cancel
          </Button>
        )}
        <Button asChild>
          <Link href={`/projects/${project}/workflows/${run.workflowId}`}>Open the workflow</Link>
        </Button>
      </header>
      <div className="relative min-h-0">
        {run.document ? (
          <RunGraph document={run.document} steps={run.steps} selectedStep={step} onSelect={select} />
        ) : (
          <p className="p-6 text-muted">The graph of this run is no longer stored.</p>
        )}
      </div>
      <div className="grid min-h-0 grid-cols-[minmax(260px,2fr)_5fr] divide-x divide-line border-t border-line bg-surface">
        <div className="min-h-0 overflow-auto">
          <Waterfall run={view} selected={step} onSelect={select} />
        </div>
        <RunDetail run={view} stepId={step} />
      </div>
    </main>
  );
}
