import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';

/** `running`, how it ended, or `crashed`: its process went away. */
export type StoredRunStatus =
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
  status: 'running' | 'succeeded' | 'failed' | 'skipped';
  attempt: number;
  /** ms since the epoch */
  startedAt: number | null;
  durationMs: number | null;
  input?: JsonValue;
  value?: JsonValue;
  handle?: string;
  error?: JsonObject;
  logs?: { level: string; text: string; at: number }[];
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
  error: object | null;
  input: JsonValue;
  output: object | null;
  steps: readonly StepRecord[];
  /** What a suspended run needs to go on. */
  state: object | null;
  /** Of a draft run: the document that ran. */
  document: object | null;
}

/** Stores runs; one statement per few hundred. A run that is there already is brought up to date. */
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
  'error',
  'input',
  'output',
  'steps',
  'state',
  'document',
] as const;

/** What a later record of the same run changes. */
export const RUN_UPDATES = [
  'status',
  'durationMs',
  'leaseUntil',
  'error',
  'output',
  'steps',
  'state',
] as const;

/** Rows of one statement: on SQLite it holds the event loop for some 10 ms. */
const ROWS_PER_STATEMENT = 300;

/**
 * The rows as JSON texts, one per statement: arrays of values in the order of RUN_COLUMNS. A single parameter
 * that the database takes apart is four times as fast as Prisma's createMany. Of two records of one run the
 * later wins: PostgreSQL refuses to touch a row twice in a statement.
 */
export function batches(rows: readonly RunRecord[]): string[] {
  const unique = [...new Map(rows.map((row) => [row.id, row])).values()];
  const texts: string[] = [];
  for (let start = 0; start < unique.length; start += ROWS_PER_STATEMENT) {
    texts.push(JSON.stringify(unique.slice(start, start + ROWS_PER_STATEMENT).map(values)));
  }
  return texts;
}

function values(row: RunRecord): (string | number | null)[] {
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
    json(row.error),
    json(row.input),
    json(row.output),
    JSON.stringify(row.steps),
    json(row.state),
    json(row.document),
  ];
}

function json(value: JsonValue | object | null): string | null {
  return value === null ? null : JSON.stringify(value);
}

/** Text that PostgreSQL can store: it refuses U+0000 and halves of surrogate pairs, and with them the whole batch. */
function plain(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD');
}
