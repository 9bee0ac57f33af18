import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';

/** What made a run begin. */
export type RunCause = 'call' | 'draft' | 'api' | 'schedule' | 'webhook' | 'workflow';

/** Not begun, `running`, waiting (`suspended`), how it ended, or `crashed`: its process went away. */
export type StoredRunStatus =
  | 'queued'
  | 'running'
  | 'succeeded'
  | 'failed'
  | 'cancelled'
  | 'timed_out'
  | 'suspended'
  | 'crashed';

/** One step of a run, as it is stored and shown. */
export interface StepRecord {
  nodeId: string;
  key: string;
  status: 'running' | 'waiting' | 'succeeded' | 'failed' | 'skipped';
  /** Inside containers: of which item, the outermost container first. */
  iteration?: number[];
  attempt: number;
  /** ms since the epoch */
  startedAt: number | null;
  durationMs: number | null;
  input?: JsonValue;
  value?: JsonValue;
  handle?: string;
  error?: JsonObject;
  logs?: { level: string; text: string; at: number }[];
  /** The value was given: the node did not run. */
  given?: true;
  /** The node whose effect this step takes back. */
  undoes?: string;
  /** When it did not work: it waited for an answer or a time, or for its next try. ms since the epoch. */
  pauses?: StepPause[];
  /** Of a step that waits: its key among the questions of the run, and what it asks. */
  waiting?: { key: string; question: JsonObject };
}

/** `to` is missing while it lasts. */
export interface StepPause {
  why: 'answer' | 'time' | 'retry';
  from: number;
  to?: number;
}

/** A run as the recorder hands it over. Times are ms since the epoch, as in the events of the engine. */
export interface RunRecord {
  id: string;
  organizationId: string;
  projectId: string;
  workflowId: string;
  workflowName: string;
  /** Both null for a draft. */
  versionId: string | null;
  version: number | null;
  status: StoredRunStatus;
  startedAt: number;
  durationMs: number | null;
  /** A running run past this moment counts as crashed; null once it ended. */
  leaseUntil: number | null;
  client: string | null;
  keyId: string | null;
  cause: RunCause;
  /** The run that called this one. */
  parentId: string | null;
  error: object | null;
  input: JsonValue;
  output: object | null;
  /** What was taken back after a failure. */
  undone: object | null;
  /** What the guard found in the answer. */
  guarded?: object | null;
  steps: readonly StepRecord[];
  /** Of a draft run: the document that ran. */
  document: object | null;
  /** What it got from outside. */
  recording: object | null;
}

/**
 * Stores runs; some hundreds per transaction. A run that is there already is brought up to date, unless it lives on
 * outside the process that recorded it (`HeldRun`).
 */
export type InsertRuns = (rows: readonly RunRecord[]) => Promise<void>;

/** The columns, in the order in which `batches` lists the values. */
export const RUN_COLUMNS = [
  'id',
  'organizationId',
  'projectId',
  'workflowId',
  'workflowName',
  'versionId',
  'version',
  'status',
  'startedAt',
  'durationMs',
  'leaseUntil',
  'client',
  'keyId',
  'cause',
  'parentId',
  'error',
  'input',
  'output',
  'undone',
  'steps',
  'document',
  'recording',
  'guarded',
] as const;

/** What a later record of the same run changes. */
export const RUN_UPDATES = [
  'status',
  'durationMs',
  'leaseUntil',
  'error',
  'output',
  'undone',
  'steps',
  'recording',
  'guarded',
] as const;

/** Rows of one transaction: on SQLite it holds the event loop for some 6 ms. */
const MOST_ROWS = 300;
/** And characters: PostgreSQL takes 256 MB apart at once, and nobody should have to wait for that much. */
const MOST_CHARACTERS = 8 * 1024 * 1024;

/**
 * The rows as arrays of values in the order of RUN_COLUMNS, as many together as one transaction may hold. Of two
 * records of one run the later wins: PostgreSQL refuses to touch a row twice in a statement.
 */
export function batches(rows: readonly RunRecord[]): RunValues[][] {
  const found: RunValues[][] = [];
  let batch: RunValues[] = [];
  let characters = 0;
  for (const row of new Map(rows.map((one) => [one.id, one])).values()) {
    const listed = values(row);
    if (batch.length === MOST_ROWS || (batch.length > 0 && characters > MOST_CHARACTERS)) {
      found.push(batch);
      batch = [];
      characters = 0;
    }
    batch.push(listed);
    for (const value of listed) if (typeof value === 'string') characters += value.length;
  }
  if (batch.length > 0) found.push(batch);
  return found;
}

type RunValues = (string | number | null)[];

function values(row: RunRecord): RunValues {
  return [
    row.id,
    row.organizationId,
    row.projectId,
    row.workflowId,
    plain(row.workflowName),
    row.versionId,
    row.version,
    row.status,
    Math.round(row.startedAt),
    row.durationMs === null ? null : Math.round(row.durationMs),
    row.leaseUntil,
    row.client === null ? null : plain(row.client),
    row.keyId,
    row.cause,
    row.parentId,
    json(row.error),
    json(row.input),
    json(row.output),
    json(row.undone),
    JSON.stringify(row.steps),
    json(row.document),
    json(row.recording),
    json(row.guarded ?? null),
  ];
}

function json(value: JsonValue | object | null): string | null {
  return value === null ? null : JSON.stringify(value);
}

/** Text that PostgreSQL can store: it refuses U+0000 and halves of surrogate pairs, and with them the whole batch. */
export function plain(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD');
}
