'use client';

import { CircleAlert } from 'lucide-react';
import Link from 'next/link';
import { usePathname, useRouter, useSearchParams } from 'next/navigation';
import { useCallback, useMemo, useState } from 'react';
import { RunDetail } from '#app/canvas/run-detail.tsx';
import { RunGraph } from '#app/canvas/run-graph.tsx';
import { stepsThatGoOn } from '#app/canvas/system/goes-on.ts';
import { recordedRun } from '#app/canvas/system/recorded-run.ts';
import { isOngoing, waitsForTime } from '#app/canvas/system/run-view.ts';
import { Waterfall } from '#app/canvas/waterfall.tsx';
import type { Run } from '#app/data/types.ts';
import { useCancelRun } from '#app/data/use-cancel-run.ts';
import { useReplayRun } from '#app/data/use-replay-run.ts';
import { useRun } from '#app/data/use-run.ts';
import { useSession } from '#app/data/use-session.ts';
import { Cause } from '#app/runs/cause.tsx';
import { DeadLetterActions } from '#app/runs/dead-letter-actions.tsx';
import { ReplayPanel } from '#app/tests/replay-panel.tsx';
import { SaveTestDialog } from '#app/tests/save-test-dialog.tsx';
import { Button } from '#app/ui/button.tsx';
import { classNames } from '#app/ui/class-names.ts';
import { count, duration } from '#app/ui/quantity.ts';
import { QueryView } from '#app/ui/query-view.tsx';
import { RelativeTime } from '#app/ui/relative-time.tsx';
import { Status } from '#app/ui/status.tsx';
import { toast } from '#app/ui/toast.ts';

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
  const goOn = useMemo(() => stepsThatGoOn(run.document), [run.document]);
  const replay = useReplayRun(project);
  const [saving, setSaving] = useState(false);
  const editable = useSession().data?.role !== 'viewer';
  const ended = !isOngoing(view);
  const replayed = !replay.isIdle;
  const select = useCallback(
    (nodeId: string | null) => router.replace(nodeId ? `${path}?step=${nodeId}` : path, { scroll: false }),
    [router, path],
  );
  return (
    <main className="flex h-dvh flex-col">
      <header className="flex h-12 shrink-0 items-center gap-3 border-b border-line bg-surface px-4">
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
        <Status status={run.status}>{waitsForTime(view) ? 'Waiting for its time' : undefined}</Status>
        <span className="flex min-w-0 items-center gap-2 whitespace-nowrap text-12 text-muted">
          <RelativeTime at={run.startedAt} />
          {run.durationMs !== null && ended && <span>{duration(run.durationMs)}</span>}
          <Cause project={project} run={run} />
        </span>
        <span className="flex-1" />
        {!ended && (
          <Button
            busy={cancel.isPending}
            onClick={() => cancel.mutate(run.id, { onError: (error) => toast.error(error.message) })}
          >
            Cancel
          </Button>
        )}
        {ended && editable && (
          <Button busy={replay.isPending} onClick={() => replay.mutate(run.id)}>
            Replay with the draft
          </Button>
        )}
        {(run.status === 'succeeded' || run.status === 'failed') && editable && (
          <Button onClick={() => setSaving(true)}>Save as test</Button>
        )}
        {ended && run.document && editable && (
          <Button asChild>
            <Link href={`/projects/${project}/workflows/${run.workflowId}?run=${run.id}&graph=draft`}>
              Debug in the editor
            </Link>
          </Button>
        )}
        <Button asChild>
          <Link href={`/projects/${project}/workflows/${run.workflowId}`}>Open the workflow</Link>
        </Button>
      </header>
      {run.deadAt !== null && (
        <div className="flex items-center gap-3 border-line border-b bg-danger-soft px-4 py-2 text-danger-ink">
          <CircleAlert aria-hidden className="size-4 shrink-0" />
          <p className="min-w-0 flex-1">
            It failed for good{run.attempts !== null && `, in ${count(run.attempts, 'attempt')},`}{' '}
            <RelativeTime at={run.deadAt} />
            {run.error && `: ${run.error.message}`}
          </p>
          {editable && <DeadLetterActions project={project} run={run.id} />}
        </div>
      )}
      <div
        className={classNames(
          'grid min-h-0 flex-1 grid-rows-[minmax(0,1fr)]',
          replayed && 'grid-cols-[minmax(0,1fr)_400px]',
        )}
      >
        <div className="relative min-h-0">
          {run.document ? (
            <RunGraph document={run.document} steps={run.steps} selectedStep={step} onSelect={select} />
          ) : (
            <p className="p-6 text-muted">The graph of this run is no longer stored.</p>
          )}
        </div>
        {replayed && (
          <div className="grid min-h-0 border-line border-l">
            <ReplayPanel
              replay={replay.data}
              error={replay.error}
              onSelect={select}
              onRetry={() => replay.mutate(run.id)}
              onClose={replay.reset}
            />
          </div>
        )}
      </div>
      <div className="grid h-80 min-h-0 shrink-0 grid-cols-[minmax(260px,2fr)_5fr] divide-x divide-line border-t border-line bg-surface">
        <div className="min-h-0 overflow-auto">
          <h2 className="sr-only">Steps</h2>
          <Waterfall run={view} goOn={goOn} selected={step} onSelect={select} />
        </div>
        <RunDetail project={project} run={view} stepId={step} goOn={goOn} editable={editable} />
      </div>
      {saving && (
        <SaveTestDialog
          project={project}
          workflow={run.workflowId}
          run={run.id}
          onClose={() => setSaving(false)}
        />
      )}
    </main>
  );
}
