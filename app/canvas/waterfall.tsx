'use client';
import { Undo2 } from 'lucide-react';
import { useEffect, useState } from 'react';
import { count, duration } from '#app/ui/quantity.ts';
import { Status } from '#app/ui/status.tsx';
import { type RunView, type StepView, waterfall } from './system/run-view.ts';

const TICK_MS = 100;

/** Now, in ms since the epoch; ticks while `running`. */
function useClock(running: boolean): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, [running]);
  return now;
}

const BAR = {
  running: 'bg-accent',
  waiting: 'bg-warning',
  succeeded: 'bg-success',
  failed: 'bg-danger',
  skipped: 'bg-line-strong',
} as const;

/** The steps of a run as bars on its time. */
export function Waterfall({
  run,
  goOn,
  selected,
  onSelect,
}: {
  run: RunView;
  /** Ids of steps after whose failure the run goes on. */
  goOn: ReadonlySet<string>;
  selected: string | null;
  onSelect: (nodeId: string) => void;
}) {
  const now = useClock(run.status === 'running');
  const bars = waterfall(run, now);
  /** Steps that did not run, because their value was given. */
  const given = Object.values(run.steps).filter((step) => step.given && step.startedAt === null);
  const wentOn = (step: StepView): boolean => step.status === 'failed' && goOn.has(step.nodeId);
  const skipped = Object.values(run.steps).filter(
    (step) => step.status === 'skipped' && step.startedAt === null,
  );
  if (bars.length + skipped.length + given.length === 0) {
    return (
      <p className="p-3 text-muted">
        {run.status === 'running' ? 'Waiting for the first step…' : 'No step ran.'}
      </p>
    );
  }
  return (
    <ul aria-label="Steps of the run" className="py-1">
      {given.map((step) => (
        <li key={step.nodeId}>
          <button
            type="button"
            aria-pressed={step.nodeId === selected}
            onClick={() => onSelect(step.nodeId)}
            className="flex h-7 w-full items-center gap-1.5 px-3 text-left text-12 text-muted hover:bg-hover aria-pressed:bg-selected"
          >
            <Status compact status="reused" />
            <span className="truncate font-mono text-ink">{step.key}</span> value given
          </button>
        </li>
      ))}
      {bars.map(({ step, left, width }) => (
        <li key={step.nodeId}>
          <button
            type="button"
            aria-pressed={step.nodeId === selected}
            onClick={() => onSelect(step.nodeId)}
            className="grid h-7 w-full grid-cols-[minmax(4rem,9rem)_minmax(2rem,1fr)_3.5rem] items-center gap-2 px-3 text-left text-12 hover:bg-hover aria-pressed:bg-selected"
          >
            <span className="flex min-w-0 items-center gap-1.5">
              {wentOn(step) ? (
                <Status compact status="warning">
                  Failed, went on
                </Status>
              ) : (
                <Status compact status={step.status === 'waiting' ? 'suspended' : step.status} />
              )}
              <span className="truncate font-mono">{step.key}</span>
              {step.undoes !== null && (
                <Undo2 aria-label="takes back" className="size-3 shrink-0 text-muted" />
              )}
              {step.attempt > 1 && <span className="text-muted">×{step.attempt}</span>}
              {(run.items[step.nodeId]?.length ?? 0) > 1 && (
                <span className="text-muted">{count(run.items[step.nodeId]?.length ?? 0, 'item')}</span>
              )}
            </span>
            <span className="relative h-2">
              <span
                className={`absolute inset-y-0 min-w-0.5 rounded-sm ${wentOn(step) ? 'bg-warning' : BAR[step.status]}`}
                style={{ left: `min(${left}%, calc(100% - 2px))`, width: `${width}%` }}
              />
            </span>
            <span className="text-right text-muted tabular-nums">
              {step.durationMs === null
                ? step.startedAt !== null && duration(Math.max(0, now - step.startedAt))
                : duration(step.durationMs)}
            </span>
          </button>
        </li>
      ))}
      {skipped.map((step) => (
        <li key={step.nodeId} className="flex h-7 items-center gap-1.5 px-3 text-12 text-muted">
          <Status compact status="skipped" />
          <span className="font-mono">{step.key}</span> skipped
        </li>
      ))}
    </ul>
  );
}
