'use client';

import { CircleAlert } from 'lucide-react';
import { usePathname, useRouter, useSearchParams } from 'next/navigation';
import { useCallback, useMemo, useState } from 'react';
import { RunGraph } from '#app/canvas/run-graph.tsx';
import { stepsThatGoOn } from '#app/canvas/system/goes-on.ts';
import { recordedRun } from '#app/canvas/system/recorded-run.ts';
import { isOngoing, waitsForTime } from '#app/canvas/system/run-view.ts';
import type { Run } from '#app/data/types.ts';
import { useReplayRun } from '#app/data/use-replay-run.ts';
import { useRole } from '#app/data/use-role.ts';
import { useRun } from '#app/data/use-run.ts';
import { DeadLetterActions } from '#app/runs/dead-letter-actions.tsx';
import { RunTimeline } from '#app/runs/run-timeline.tsx';
import { ReplayPanel } from '#app/tests/replay-panel.tsx';
import { SaveTestDialog } from '#app/tests/save-test-dialog.tsx';
import { classNames } from '#app/ui/class-names.ts';
import { count } from '#app/ui/quantity.ts';
import { QueryView } from '#app/ui/query-view.tsx';
import { RelativeTime } from '#app/ui/relative-time.tsx';
import { SplitPane } from '#app/ui/split-pane.tsx';
import { RunData } from './run-data.tsx';
import { RunHeader } from './run-header.tsx';

/** One run: the way it took on its graph, the time of each step, and what went in and came out. */
export function RunScreen({ project, runId }: { project: string; runId: string }) {
  const run = useRun(project, runId);
  return (
    <QueryView query={run} what="the run">
      {(data) => <LoadedRun key={runId} project={project} run={data as Run} />}
    </QueryView>
  );
}

function LoadedRun({ project, run }: { project: string; run: Run }) {
  const router = useRouter();
  const path = usePathname();
  const search = useSearchParams();
  const step = search.get('step');
  const view = useMemo(() => recordedRun(run), [run]);
  const goOn = useMemo(() => stepsThatGoOn(run.document), [run.document]);
  const replay = useReplayRun(project);
  const [saving, setSaving] = useState(false);
  const editable = useRole() !== 'viewer';
  const replayed = !replay.isIdle;
  const show = search.get('show');
  const select = useCallback(
    (nodeId: string | null) => {
      const address = new URLSearchParams({ ...(nodeId && { step: nodeId }), ...(show && { show }) });
      router.replace(address.size === 0 ? path : `${path}?${address}`, { scroll: false });
    },
    [router, path, show],
  );
  return (
    <main className="flex h-dvh min-w-0 flex-col">
      <RunHeader
        project={project}
        run={run}
        ended={!isOngoing(view)}
        waitsForTime={waitsForTime(view)}
        editable={editable}
        replaying={replay.isPending}
        onReplay={() => replay.mutate(run.id)}
        onSaveTest={() => setSaving(true)}
      />
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
      <SplitPane side="bottom" name="Run data" initial={340} min={180} max={640}>
        <div className="grid h-full min-h-0 grid-cols-[minmax(280px,2fr)_minmax(0,4fr)] divide-x divide-line border-t border-line bg-surface">
          <div className="min-h-0 overflow-auto">
            <h2 className="sr-only">Steps</h2>
            <RunTimeline
              run={run}
              goOn={goOn}
              selected={step}
              onSelect={(nodeId) => select(nodeId === step ? null : nodeId)}
            />
          </div>
          <RunData project={project} run={run} view={view} stepId={step} goOn={goOn} editable={editable} />
        </div>
      </SplitPane>
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
