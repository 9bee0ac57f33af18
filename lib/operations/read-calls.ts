import { AppError } from '#lib/db/app-error.ts';
import type { CallQuery } from '#lib/db/call-stats.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { type Durations, percentile } from './call-durations.ts';
import { findProject } from './find-project.ts';

export type CallRange = '24h' | '7d' | '30d';

export interface CallsAsked {
  project: string;
  range: CallRange;
  /** IANA name: days begin at its midnights. */
  timeZone: string;
  /** Id of a workflow. */
  workflow?: string | undefined;
  /** Name of a client. */
  client?: string | undefined;
}

/** How many calls, and how long they took in ms, without the time they waited; null where there were none. */
export interface CallFigures {
  calls: number;
  errors: number;
  p50: number | null;
  p95: number | null;
}

export interface CallPoint extends CallFigures {
  /** When this hour or day began; ISO. */
  at: string;
}

/** What one tool or one caller has its row for. */
interface Line extends CallFigures {
  /** Calls, of each point. */
  points: number[];
}

export interface ToolCalls extends Line {
  /** null: of many tools, past the limit of what is told apart. */
  workflowId: string | null;
  tool: string;
}

export interface ClientCalls extends Line {
  cause: 'call' | 'api' | 'schedule' | 'webhook';
  /** Of a call; null: of many clients, past the limit of what is told apart. */
  client: string | null;
}

export interface CallsView {
  step: 'hour' | 'day';
  total: CallFigures;
  /** The oldest first, without gaps. */
  points: CallPoint[];
  /** Most calls first. */
  tools: ToolCalls[];
  clients: ClientCalls[];
}

const HOUR_MS = 3_600_000;
const HOURS = { '24h': 24, '7d': 7 * 24, '30d': 31 * 24 };
const DAYS = 30;

/**
 * Calls of a project over time, by tool and by caller: of clients, the API, schedules and webhooks; not those of
 * drafts, nor of workflows by workflows. Throws `bad_request` for a time zone that is not known.
 */
export async function readCalls(app: App, principal: Principal, asked: CallsAsked): Promise<CallsView> {
  const { id } = await findProject(app, principal, asked.project);
  const spans = spansOf(asked.range, asked.timeZone, Date.now());
  const query: CallQuery = {
    from: spans.first,
    to: spans.last,
    ...(asked.workflow !== undefined && { workflowId: asked.workflow }),
    ...(asked.client !== undefined && { client: asked.client }),
  };
  await app.calls.flush();
  const { callStats } = repository(app.db, principal);
  const byHour = await callStats.byHour(id, query);
  const points = groupBy(byHour, ({ hour }) => String(spans.at(hour)));
  const zeros = () => spans.starts.map(() => 0);
  const toolPoints = new Map<string, number[]>();
  for (const { workflowId, hour, count } of await callStats.byToolAndHour(id, query)) {
    add(toolPoints, workflowId, zeros, spans.at(hour), count);
  }
  const clientPoints = new Map<string, number[]>();
  for (const { cause, client, hour, count } of await callStats.byClientAndHour(id, query)) {
    add(clientPoints, callerKey(cause, client), zeros, spans.at(hour), count);
  }
  const tools = groupBy(await callStats.byTool(id, query), ({ workflowId }) => workflowId);
  const clients = groupBy(await callStats.byClient(id, query), ({ cause, client }) =>
    callerKey(cause, client),
  );
  return {
    step: asked.range === '30d' ? 'day' : 'hour',
    total: figuresOf(byHour),
    points: spans.starts.map((hour, index) => ({
      at: new Date(hour * HOUR_MS).toISOString(),
      ...figuresOf(points.get(String(index)) ?? []),
    })),
    tools: [...tools]
      .map(([workflowId, cells]) => ({
        workflowId: workflowId || null,
        tool: cells[0]!.tool,
        ...figuresOf(cells),
        points: toolPoints.get(workflowId) ?? zeros(),
      }))
      .sort(mostCalls),
    clients: [...clients]
      .map(([key, cells]) => ({
        cause: cells[0]!.cause as ClientCalls['cause'],
        client: cells[0]!.client || null,
        ...figuresOf(cells),
        points: clientPoints.get(key) ?? zeros(),
      }))
      .sort(mostCalls),
  };
}

interface Cell {
  bucket: number;
  count: number;
  errors: number;
}

function figuresOf(cells: readonly Cell[]): CallFigures {
  const durations = new Map<number, number>();
  let calls = 0;
  let errors = 0;
  for (const cell of cells) {
    durations.set(cell.bucket, (durations.get(cell.bucket) ?? 0) + cell.count);
    calls += cell.count;
    errors += cell.errors;
  }
  const told: Durations = durations;
  return { calls, errors, p50: percentile(told, 0.5), p95: percentile(told, 0.95) };
}

/** The hours or days of a range; hours are counted since 1970. */
interface Spans {
  first: number;
  last: number;
  /** The first hour of each. */
  starts: number[];
  /** Which of them an hour is in. */
  at(hour: number): number;
}

function spansOf(range: CallRange, timeZone: string, now: number): Spans {
  const last = Math.floor(now / HOUR_MS);
  const hours = Array.from({ length: HOURS[range] }, (_, index) => last - HOURS[range] + 1 + index);
  const day = dayIn(timeZone);
  if (range !== '30d') return { first: hours[0]!, last, starts: hours, at: (hour) => hour - hours[0]! };
  const days = new Map<string, number[]>();
  for (const hour of hours) {
    const name = day(hour);
    const known = days.get(name);
    if (known) known.push(hour);
    else days.set(name, [hour]);
  }
  const kept = [...days.values()].slice(-DAYS);
  const index = new Map(kept.flatMap((own, at) => own.map((hour) => [hour, at] as const)));
  const starts = kept.map(([first]) => first!);
  return { first: starts[0]!, last, starts, at: (hour) => index.get(hour) ?? 0 };
}

/** Names the day that an hour belongs to: the one in which it begins. */
function dayIn(timeZone: string): (hour: number) => string {
  try {
    const format = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' });
    return (hour) => format.format(hour * HOUR_MS);
  } catch {
    throw new AppError('bad_request', `timeZone: "${timeZone}" is not known. Name one like Europe/Berlin.`);
  }
}

function groupBy<Row>(rows: readonly Row[], keyOf: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group) group.push(row);
    else groups.set(keyOf(row), [row]);
  }
  return groups;
}

function add(
  points: Map<string, number[]>,
  key: string,
  zeros: () => number[],
  index: number,
  count: number,
): void {
  const own = points.get(key) ?? zeros();
  own[index] = (own[index] ?? 0) + count;
  points.set(key, own);
}

function callerKey(cause: string, client: string): string {
  return `${cause}\n${client}`;
}

function mostCalls(one: CallFigures, other: CallFigures): number {
  return other.calls - one.calls;
}
