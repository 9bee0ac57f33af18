import type { Run } from '#app/data/types.ts';

type Step = Run['steps'][number];
type Why = Step['pauses'][number]['why'];

/** A stretch of a step's time, in ms since the epoch. */
export interface Stretch {
  /** `work`, or what it waited for. */
  what: 'work' | Why;
  from: number;
  to: number;
}

/** One step that ran, or one item of it. */
export interface TimelineItem {
  /** Counted from 1, the outermost loop first: `3`, `3.1`; empty outside of loops. */
  name: string;
  status: Step['status'];
  attempt: number;
  stretches: Stretch[];
  /** ms of work, without what it waited for; null for a step that did not begin. */
  workMs: number | null;
  /** ms that it waited. */
  waitMs: number;
}

/** A line of the timeline: a node, or a node that takes back what another did. */
export interface TimelineRow extends Omit<TimelineItem, 'name'> {
  id: string;
  nodeId: string;
  key: string;
  /** It takes back what a node did. */
  undoes: boolean;
  /** Its value was given: it did not run. */
  given: boolean;
  /** Of a step in a loop, one each; empty outside. */
  items: TimelineItem[];
}

/** The steps of a run in the order in which they began; those that did not begin come last. `now` in ms since the epoch. */
export function timelineRows(steps: Run['steps'], now: number): TimelineRow[] {
  const rows = new Map<string, TimelineRow>();
  for (const step of steps) {
    const item = itemOf(step, now);
    const id = step.undoes === null ? step.nodeId : `${step.nodeId} undoes ${step.undoes}`;
    const row = rows.get(id);
    if (row) join(row, item);
    else {
      const { name, ...rest } = item;
      rows.set(id, {
        ...rest,
        id,
        nodeId: step.nodeId,
        key: step.key,
        undoes: step.undoes !== null,
        given: step.given,
        items: name === '' ? [] : [item],
      });
    }
  }
  const beginOf = ({ stretches }: TimelineRow): number => stretches[0]?.from ?? Number.POSITIVE_INFINITY;
  return [...rows.values()].sort((a, b) => {
    const [one, other] = [beginOf(a), beginOf(b)];
    return one === other ? 0 : one - other;
  });
}

function itemOf(step: Step, now: number): TimelineItem {
  const name = (step.iteration ?? []).map((index) => index + 1).join('.');
  const rest = { name, status: step.status, attempt: step.attempt };
  if (step.startedAt === null) return { ...rest, stretches: [], workMs: null, waitMs: 0 };
  const from = Date.parse(step.startedAt);
  const ended = step.status !== 'running' && step.status !== 'waiting';
  const to = ended ? from + (step.durationMs ?? 0) : now;
  const stretches = stretchesOf(from, to, step.pauses);
  return { ...rest, stretches, workMs: sumOf(stretches, true), waitMs: sumOf(stretches, false) };
}

/** The time of a step, cut where it waited. */
function stretchesOf(from: number, to: number, pauses: Step['pauses']): Stretch[] {
  const found: Stretch[] = [];
  let at = from;
  for (const { why, from: begun, to: over } of pauses) {
    const begin = Math.max(at, Date.parse(begun));
    const end = Math.max(begin, over === null ? to : Date.parse(over));
    if (begin > at) found.push({ what: 'work', from: at, to: begin });
    if (end > begin) found.push({ what: why, from: begin, to: end });
    at = end;
  }
  if (to > at || found.length === 0) found.push({ what: 'work', from: at, to: Math.max(at, to) });
  return found;
}

function sumOf(stretches: readonly Stretch[], work: boolean): number {
  return stretches
    .filter(({ what }) => (what === 'work') === work)
    .reduce((sum, { from, to }) => sum + to - from, 0);
}

const GRAVITY: Record<Step['status'], number> = {
  failed: 4,
  running: 3,
  waiting: 2,
  succeeded: 1,
  skipped: 0,
};

/** A row tells the worst of its items, and all of their time. */
function join(row: TimelineRow, item: TimelineItem): void {
  row.items.push(item);
  row.stretches = [...row.stretches, ...item.stretches].sort((a, b) => a.from - b.from);
  row.attempt = Math.max(row.attempt, item.attempt);
  row.waitMs += item.waitMs;
  if (item.workMs !== null) row.workMs = (row.workMs ?? 0) + item.workMs;
  if (GRAVITY[item.status] > GRAVITY[row.status]) row.status = item.status;
}

/** A stretch of time in which nothing but waiting went on: drawn short, whatever its length. */
export interface Break {
  from: number;
  to: number;
}

/** Where the moments of a run are drawn. */
export interface Scale {
  breaks: readonly Break[];
  /** Percent of the width, for ms since the epoch. */
  at(time: number): number;
}

/** Of the width, for one break. */
const BREAK_SHARE = 0.06;
const MOST_BREAKS = 5;

/**
 * A scale on which work can be told apart, also when a run waited for days in between: such waits are breaks, as soon
 * as they are longer than all the work.
 */
export function timelineScale(rows: readonly TimelineRow[]): Scale {
  const stretches = rows.flatMap((row) => row.stretches);
  const start = Math.min(...stretches.map(({ from }) => from));
  const end = Math.max(...stretches.map(({ to }) => to));
  if (stretches.length === 0 || end <= start) return { breaks: [], at: () => 0 };
  const idle = gapsIn(stretches, end);
  const idleMs = idle.reduce((sum, { from, to }) => sum + to - from, 0);
  const workMs = end - start - idleMs;
  const breaks = idle
    .filter(({ from, to }) => to - from > Math.max(1000, workMs))
    .sort((a, b) => b.to - b.from - (a.to - a.from))
    .slice(0, MOST_BREAKS)
    .sort((a, b) => a.from - b.from);
  const left = end - start - breaks.reduce((sum, { from, to }) => sum + to - from, 0);
  // What is neither a break nor work takes its share as well.
  const room = left > 0 ? 1 - BREAK_SHARE * breaks.length : 0;
  const share = left > 0 ? BREAK_SHARE : 1 / Math.max(1, breaks.length);
  return {
    breaks,
    at: (time) => {
      const moment = Math.min(end, Math.max(start, time));
      let drawn = left > 0 ? (room * (moment - start)) / left : 0;
      for (const { from, to } of breaks) {
        const within = Math.min(Math.max(moment - from, 0), to - from);
        if (left > 0) drawn -= (room * within) / left;
        drawn += (share * within) / (to - from);
      }
      return 100 * Math.min(1, Math.max(0, drawn));
    },
  };
}

/** When no step worked. */
function gapsIn(stretches: readonly Stretch[], end: number): Break[] {
  const work = stretches.filter(({ what }) => what === 'work').sort((a, b) => a.from - b.from);
  const gaps: Break[] = [];
  let at = work[0]?.from ?? end;
  for (const { from, to } of work) {
    if (from > at) gaps.push({ from: at, to: from });
    at = Math.max(at, to);
  }
  if (end > at) gaps.push({ from: at, to: end });
  return gaps;
}
