'use client';

import { ChevronRight, Undo2 } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import type { Run } from '#app/data/types.ts';
import { classNames } from '#app/ui/class-names.ts';
import { count, duration } from '#app/ui/quantity.ts';
import { Status } from '#app/ui/status.tsx';
import { type Scale, type Stretch, type TimelineItem, timelineRows, timelineScale } from './timeline.ts';

const TICK_MS = 200;
/** Items of a loop that are listed; the others are in the bar. */
const MOST_ITEMS = 100;

const BAR: Record<TimelineItem['status'], string> = {
  running: 'bg-accent',
  waiting: 'bg-accent',
  succeeded: 'bg-success',
  failed: 'bg-danger',
  skipped: 'bg-line-strong',
};

const HATCHED = 'repeating-linear-gradient(135deg, var(--faint) 0 1.5px, transparent 1.5px 4px)';

const WAITS: Record<Exclude<Stretch['what'], 'work'>, string> = {
  answer: 'waited for an answer',
  time: 'waited for its time',
  retry: 'waited for its next try',
};

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

/** The steps of a run as bars on its time: work full, waiting hatched, each item of a loop for itself. */
export function RunTimeline({
  run,
  goOn,
  selected,
  onSelect,
}: {
  run: Pick<Run, 'status' | 'steps'>;
  /** Ids of steps after whose failure the run goes on. */
  goOn: ReadonlySet<string>;
  /** Node id. */
  selected: string | null;
  onSelect: (nodeId: string) => void;
}) {
  const now = useClock(run.status === 'running' || run.status === 'suspended');
  const rows = useMemo(() => timelineRows(run.steps, now), [run.steps, now]);
  const scale = useMemo(() => timelineScale(rows), [rows]);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  if (rows.length === 0) {
    return (
      <p className="p-3 text-muted">
        {run.status === 'running' || run.status === 'queued' ? 'Waiting for the first step…' : 'No step ran.'}
      </p>
    );
  }
  const toggle = (id: string): void => {
    const next = new Set(open);
    if (!next.delete(id)) next.add(id);
    setOpen(next);
  };
  return (
    <>
      <ul aria-label="Steps of the run" className="py-1">
        {rows.map((row) => {
          const wentOn = row.status === 'failed' && goOn.has(row.nodeId);
          const unfolded = open.has(row.id);
          return (
            <li key={row.id}>
              <div className="flex">
                {row.items.length > 1 ? (
                  <button
                    type="button"
                    aria-expanded={unfolded}
                    aria-label={`Items of ${row.key}`}
                    onClick={() => toggle(row.id)}
                    className="grid h-7 w-5 shrink-0 place-items-center text-muted hover:text-ink"
                  >
                    <ChevronRight
                      aria-hidden
                      className={classNames('size-3.5 transition-transform', unfolded && 'rotate-90')}
                    />
                  </button>
                ) : (
                  <span className="w-5 shrink-0" />
                )}
                <button
                  type="button"
                  aria-pressed={row.nodeId === selected}
                  onClick={() => onSelect(row.nodeId)}
                  className="grid h-7 min-w-0 flex-1 grid-cols-[minmax(4rem,11rem)_minmax(2rem,1fr)_4.5rem] items-center gap-2 pr-3 text-left text-12 hover:bg-hover aria-pressed:bg-selected"
                >
                  <span className="flex min-w-0 items-center gap-1.5">
                    <StepStatus item={row} wentOn={wentOn} />
                    <span className="truncate font-mono" title={row.key}>
                      {row.key}
                    </span>
                    {row.undoes && <Undo2 aria-label="takes back" className="size-3 shrink-0 text-muted" />}
                    {row.attempt > 1 && (
                      <span className="shrink-0 text-muted" title={count(row.attempt, 'attempt')}>
                        ×{row.attempt}
                      </span>
                    )}
                    {row.items.length > 1 && (
                      <span className="shrink-0 text-muted">{count(row.items.length, 'item')}</span>
                    )}
                  </span>
                  <Lane item={row} scale={scale} wentOn={wentOn} />
                  <Length item={row} given={row.given} />
                </button>
              </div>
              {unfolded && (
                <ul aria-label={`Items of ${row.key}`}>
                  {row.items.slice(0, MOST_ITEMS).map((item) => (
                    <li
                      key={item.name}
                      className="grid h-6 grid-cols-[minmax(4rem,11rem)_minmax(2rem,1fr)_4.5rem] items-center gap-2 pr-3 pl-5 text-12 text-muted"
                    >
                      <span className="flex items-center gap-1.5 pl-5">
                        <StepStatus item={item} wentOn={item.status === 'failed' && goOn.has(row.nodeId)} />
                        <span className="tabular-nums">{item.name}</span>
                        {item.attempt > 1 && <span>×{item.attempt}</span>}
                      </span>
                      <Lane item={item} scale={scale} wentOn={wentOn} />
                      <Length item={item} />
                    </li>
                  ))}
                  {row.items.length > MOST_ITEMS && (
                    <li className="h-6 pl-10 text-12 text-muted">
                      {count(row.items.length - MOST_ITEMS, 'more item')}
                    </li>
                  )}
                </ul>
              )}
            </li>
          );
        })}
      </ul>
      {scale.breaks.length > 0 && (
        <p className="px-5 pb-2 text-12 text-muted">
          Not to scale: {scale.breaks.map(({ from, to }) => duration(to - from)).join(', ')} of waiting{' '}
          {scale.breaks.length === 1 ? 'is' : 'are'} drawn short.
        </p>
      )}
    </>
  );
}

function StepStatus({ item, wentOn }: { item: Pick<TimelineItem, 'status'>; wentOn: boolean }) {
  if (wentOn) {
    return (
      <Status compact status="warning">
        Failed, went on
      </Status>
    );
  }
  return <Status compact status={item.status === 'waiting' ? 'suspended' : item.status} />;
}

function Lane({
  item,
  scale,
  wentOn,
}: {
  item: Pick<TimelineItem, 'stretches' | 'status'>;
  scale: Scale;
  wentOn: boolean;
}) {
  return (
    <span className="relative h-2">
      {item.stretches.map(({ what, from, to }) => {
        const left = scale.at(from);
        return (
          <span
            key={`${what} ${from} ${to}`}
            title={what === 'work' ? undefined : `${WAITS[what]}: ${duration(to - from)}`}
            className={classNames(
              'absolute inset-y-0 min-w-0.5 rounded-xs',
              what === 'work' && (wentOn ? 'bg-warning' : BAR[item.status]),
            )}
            style={{
              ...(what !== 'work' && { backgroundImage: HATCHED }),
              left: `min(${left}%, calc(100% - 2px))`,
              width: `${scale.at(to) - left}%`,
            }}
          />
        );
      })}
    </span>
  );
}

/** How long it worked, of a step that waits how long it does; in full on hover. */
function Length({
  item: { status, workMs, waitMs },
  given = false,
}: {
  item: Pick<TimelineItem, 'status' | 'workMs' | 'waitMs'>;
  given?: boolean;
}) {
  return (
    <span
      className="truncate text-right text-muted tabular-nums"
      title={waitMs > 0 ? `worked ${duration(workMs ?? 0)}, waited ${duration(waitMs)}` : undefined}
    >
      {given ? 'given' : workMs === null ? 'skipped' : duration(status === 'waiting' ? waitMs : workMs)}
      {waitMs > 0 && status !== 'waiting' && <span className="sr-only">, waited {duration(waitMs)}</span>}
    </span>
  );
}
