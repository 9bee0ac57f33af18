'use client';
import { Square, X } from 'lucide-react';
import Link from 'next/link';
import { useEffect, useMemo } from 'react';
import { useRuns } from '#app/data/use-runs.ts';
import { Button } from '#app/ui/button.tsx';
import { IconButton } from '#app/ui/icon-button.tsx';
import { clockTime, duration, fullTime } from '#app/ui/quantity.ts';
import { SplitPane } from '#app/ui/split-pane.tsx';
import { Status } from '#app/ui/status.tsx';
import type { ErrorRecord } from '#lib/engine/events.ts';
import { useCanvas, useCanvasStore, useRun } from './canvas-context.tsx';
import { RunDetail } from './run-detail.tsx';
import { useCanvasSession, useScreen } from './session-context.tsx';
import { stepsThatGoOn } from './system/goes-on.ts';
import { findNode } from './system/graph.ts';
import { problemOfRun } from './system/run-problems.ts';
import { isOngoing, waitsForTime } from './system/run-view.ts';
import { Waterfall } from './waterfall.tsx';

/** Runs: the recent ones, the waterfall of the chosen one, and what went into and came out of the chosen step. */
export function BottomPanel() {
  const { project, session } = useCanvasSession();
  const editable = useCanvas((state) => state.editable);
  const step = useScreen((state) => state.step);
  const show = useScreen((state) => state.show);
  const { run, waiting, failure } = useRun((state) => state);
  const store = useCanvasStore();
  const document = useCanvas((state) => state.document);
  const goOn = useMemo(() => stepsThatGoOn(document), [document]);

  const choose = (nodeId: string | null): void => {
    show({ step: nodeId });
    if (nodeId !== null && findNode(document, nodeId)) store.getState().select([nodeId]);
  };

  const goTo = (error: ErrorRecord & { nodeId: string }): void => {
    if (!findNode(document, error.nodeId)) return;
    show({ tab: 'configure', unfolded: true, step: error.nodeId });
    store.getState().select([error.nodeId]);
    store.getState().focusProblem(problemOfRun(error));
  };

  return (
    <SplitPane side="bottom" name="runs" initial={240} min={120} max={640}>
      <section aria-label="Runs" className="flex h-full min-h-0 flex-col border-line border-t bg-surface">
        <header className="flex h-9 shrink-0 items-center gap-3 border-line border-b px-3">
          <h2 className="font-medium">Runs</h2>
          {run && (
            <p className="flex items-center gap-1.5 text-12" aria-live="polite">
              <Status status={run.status}>{waitsForTime(run) ? 'Waiting for its time' : undefined}</Status>
              {run.durationMs !== null && !isOngoing(run) && (
                <span className="text-muted">{duration(run.durationMs)}</span>
              )}
              {run.status === 'running' && run.progress && (
                <span className="text-muted">
                  {run.progress.message ?? 'progress'} {run.progress.done}
                  {run.progress.total !== null && ` of ${run.progress.total}`}
                </span>
              )}
            </p>
          )}
          {waiting && (
            <p className="text-12 text-muted" aria-live="polite">
              {{ starting: 'Starting…', loading: 'Loading the run…', cancelling: 'Stopping…' }[waiting]}
            </p>
          )}
          {failure !== null && (
            <p role="alert" className="truncate text-12 text-danger-ink">
              {failure}
            </p>
          )}
          <span className="ml-auto flex items-center gap-1">
            {run && (
              <Button size="small" asChild>
                <Link href={`/projects/${project}/runs/${run.id}`}>Open the run</Link>
              </Button>
            )}
            {run && isOngoing(run) && (
              <Button size="small" onClick={() => void session.runs.cancel()}>
                <Square size={12} aria-hidden /> Stop
              </Button>
            )}
            <IconButton label="Close runs" size="small" onClick={() => show({ panel: null })}>
              <X aria-hidden />
            </IconButton>
          </span>
        </header>
        <div className="grid min-h-0 flex-1 grid-cols-[minmax(8.5rem,11rem)_minmax(0,1fr)_minmax(0,2fr)] divide-x divide-line">
          <RecentRuns />
          <div className="min-h-0 overflow-y-auto">
            {run ? (
              <>
                <button
                  type="button"
                  aria-pressed={step === null}
                  className="flex h-7 w-full items-center px-3 text-left text-12 text-muted hover:bg-hover aria-pressed:bg-selected"
                  onClick={() => choose(null)}
                >
                  The whole run
                </button>
                <Waterfall run={run} goOn={goOn} selected={step} onSelect={choose} />
              </>
            ) : (
              <p className="p-3 text-muted">Run the draft, or choose one of the recent runs.</p>
            )}
          </div>
          <div className="min-h-0 overflow-hidden">
            {run && (
              <RunDetail
                project={project}
                run={run}
                stepId={step}
                goOn={goOn}
                onGoTo={goTo}
                editable={editable}
                onAnswered={() => session.runs.answered()}
              />
            )}
          </div>
        </div>
      </section>
    </SplitPane>
  );
}

function RecentRuns() {
  const { project, workflow, session } = useCanvasSession();
  const shown = useRun((state) => state.run?.id ?? null);
  const status = useRun((state) => state.run?.status ?? null);
  const show = useScreen((state) => state.show);
  const { data, error, isPending, refetch } = useRuns(project, { workflow: workflow.id });
  const runs = data?.pages.flatMap((page) => page.items) ?? [];

  // A run that begins or ends changes the list.
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked again when these change
  useEffect(() => {
    void refetch();
  }, [shown, status]);

  if (error) return <p className="p-3 text-12 text-danger-ink">{error.message}</p>;
  if (isPending) return <p className="p-3 text-12 text-muted">Loading…</p>;
  if (runs.length === 0) return <p className="p-3 text-12 text-muted">No runs yet.</p>;
  return (
    <ul aria-label="Recent runs" className="min-h-0 overflow-y-auto py-1">
      {runs.map((run) => (
        <li key={run.id}>
          <button
            type="button"
            aria-pressed={run.id === shown}
            title={fullTime(run.startedAt)}
            className="flex h-7 w-full items-center gap-1.5 px-3 text-left text-12 hover:bg-hover aria-pressed:bg-selected"
            onClick={() => {
              show({ run: run.id, step: null, graph: 'run' });
              void session.runs.open(run.id);
            }}
          >
            <Status compact status={run.id === shown && status !== null ? status : run.status} />
            <span className="tabular-nums">{clockTime(run.startedAt)}</span>
            <span className="ml-auto text-muted tabular-nums">
              {run.version === null ? 'draft' : `v${run.version}`}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}
