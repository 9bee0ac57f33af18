import type { Logger } from 'pino';
import type { CallCell } from '#lib/db/call-stats.ts';
import type { Database } from '#lib/db/database.ts';
import { repository } from '#lib/db/repository.ts';
import type { RunStatus } from '#lib/engine/events.ts';
import { durationClass } from './call-durations.ts';
import { nameOfClient } from './client-name.ts';
import type { RunOpening } from './run-recording.ts';
import { type WriteBehind, writeBehind } from './write-behind.ts';

/** How a run ended. */
export interface CallEnd {
  /** ms since the epoch. */
  at: number;
  status: RunStatus;
  /** ms that it was under way, without the time it waited. */
  durationMs: number;
}

/** Counts calls, for the charts: they outlive the runs. */
export interface CallCounter extends WriteBehind {
  /** Counts a run that ended, unless it is a draft's or was called by another run. */
  note(opening: RunOpening, end: CallEnd): void;
}

/** What is told apart in one hour of one project; whatever comes after is counted together. */
export const CALL_LIMITS = { clients: 30, series: 300 } as const;

const HOUR_MS = 3_600_000;
const FLUSH_MS = 5000;
/** Names of callers come from strangers: of more than these it is worked out anew each time whom they count for. */
const MOST_FACES = 2000;
/** Cells that wait for a database that does not answer. */
const MOST_WAITING = 20_000;

/** One caller of one tool in this hour; by class of durations. */
interface Series {
  about: Omit<CallCell, 'bucket' | 'count' | 'errors'>;
  cells: Map<number, { count: number; errors: number }>;
}

/** What is told apart of a project in this hour. */
interface Told {
  clients: Set<string>;
  series: Map<string, Series>;
}

/**
 * A call costs one look into a map here. What was counted is added to the database every five seconds, in one
 * statement; processes beside each other add to the same rows.
 */
export function createCallCounter({ db, log }: { db: Database; log: Logger }): CallCounter {
  const { callStats } = repository(db, { type: 'system' });
  let hour = 0;
  /** Whose call was counted last: who calls often is found without a key. */
  let last: (Pick<RunOpening, 'workflowId' | 'cause' | 'client'> & { series: Series }) | null = null;
  let faces = new Map<string, Series>();
  let projects = new Map<string, Told>();
  /** Of hours past, or not stored at the last try. */
  let waiting: CallCell[] = [];
  let failed = false;

  function seriesOf(opening: RunOpening): Series {
    const { workflowId, cause, client } = opening;
    if (last?.workflowId === workflowId && last.client === client && last.cause === cause) return last.series;
    const series = seriesOfFace(opening);
    last = { workflowId, cause, client, series };
    return series;
  }

  function seriesOfFace(opening: RunOpening): Series {
    const { workflowId, cause, client } = opening;
    const face = `${workflowId}\n${cause}\n${client}`;
    const known = faces.get(face);
    if (known) return known;
    const found = find(opening, cause === 'call' ? nameOfClient(client) : '');
    if (faces.size < MOST_FACES) faces.set(face, found);
    return found;
  }

  function find(opening: RunOpening, named: string): Series {
    const { projectId, organizationId, cause } = opening;
    const told = projects.get(projectId) ?? { clients: new Set(), series: new Map() };
    projects.set(projectId, told);
    if (told.clients.size < CALL_LIMITS.clients) told.clients.add(named);
    const client = told.clients.has(named) ? named : '';
    const key = (workflowId: string) => `${workflowId}\n${cause}\n${client}`;
    const own = told.series.get(key(opening.workflowId));
    if (own) return own;
    const full = told.series.size >= CALL_LIMITS.series;
    const workflowId = full ? '' : opening.workflowId;
    const tool = full ? '' : opening.workflowName.toWellFormed().replaceAll('\0', '');
    const rest = told.series.get(key(workflowId));
    if (rest) return rest;
    const about = { projectId, organizationId, hour, workflowId, cause, client, tool };
    const series: Series = { about, cells: new Map() };
    told.series.set(key(workflowId), series);
    return series;
  }

  /** Moves what was counted to what waits. */
  function collect(): void {
    for (const { series } of projects.values()) {
      for (const { about, cells } of series.values()) {
        for (const [bucket, { count, errors }] of cells) waiting.push({ ...about, bucket, count, errors });
        cells.clear();
      }
    }
  }

  async function write(): Promise<void> {
    collect();
    if (waiting.length === 0) return;
    const cells = waiting;
    waiting = [];
    try {
      await callStats.add(cells);
      failed = false;
    } catch (error) {
      waiting = [...cells, ...waiting].slice(-MOST_WAITING);
      if (!failed) log.warn({ err: error }, 'counts of calls could not be stored; they are tried again');
      failed = true;
    }
  }

  return {
    ...writeBehind(FLUSH_MS, write),
    note(opening, { at, status, durationMs }) {
      if (opening.cause === 'draft' || opening.cause === 'workflow' || status === 'suspended') return;
      const now = Math.floor(at / HOUR_MS);
      if (now > hour) {
        collect();
        hour = now;
        last = null;
        faces = new Map();
        projects = new Map();
      }
      const { cells } = seriesOf(opening);
      const bucket = durationClass(durationMs);
      const cell = cells.get(bucket);
      const error = status === 'failed' || status === 'timed_out' ? 1 : 0;
      if (!cell) cells.set(bucket, { count: 1, errors: error });
      else {
        cell.count += 1;
        cell.errors += error;
      }
    },
  };
}
