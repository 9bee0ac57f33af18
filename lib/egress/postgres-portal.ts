import type { Connection, Submittable } from 'pg';
import { StepError } from '#lib/engine/errors.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import { columnReader } from './postgres-values.ts';

export interface PortalAnswer {
  rows: JsonObject[];
  /** Rows that were read, or changed where none are answered. */
  rowCount: number;
  truncated: boolean;
}

/**
 * One statement with its parameters, by the extended protocol, which takes no second one. The server is asked for one
 * row more than is wanted: then it stops, so that a large table is never read whole.
 */
export class Portal implements Submittable {
  readonly done: Promise<PortalAnswer>;
  private readonly statement: { text: string; values: (string | null)[]; maxRows: number };
  private readonly settle = Promise.withResolvers<PortalAnswer>();
  private readonly rows: JsonObject[] = [];
  private columns: { name: string; read: (text: string) => JsonValue }[] | null = null;
  private more = false;
  private changed = 0;
  private error: unknown = null;

  constructor(statement: { text: string; values: (string | null)[]; maxRows: number }) {
    this.statement = statement;
    this.done = this.settle.promise;
    // Whoever asked may have stopped waiting.
    this.done.catch(() => {});
  }

  submit(connection: Connection): void {
    const { text, values, maxRows } = this.statement;
    connection.parse({ name: '', text, types: [] }, true);
    connection.bind({ portal: '', statement: '', values }, true);
    connection.describe({ type: 'P', name: '' }, true);
    connection.execute({ portal: '', rows: String(maxRows + 1) }, true);
    connection.sync();
  }

  handleRowDescription({ fields }: { fields: { name: string; dataTypeID: number }[] }): void {
    const taken = new Set<string>();
    this.columns = fields.map((field) => ({
      name: uniqueName(field.name, taken),
      read: columnReader(field),
    }));
  }

  handleDataRow({ fields }: { fields: (string | null)[] }): void {
    if (this.rows.length >= this.statement.maxRows) {
      this.more = true;
      return;
    }
    const row = (this.columns ?? []).map(({ name, read }, index): [string, JsonValue] => {
      const text = fields[index] ?? null;
      return [name, text === null ? null : read(text)];
    });
    this.rows.push(Object.fromEntries(row));
  }

  handlePortalSuspended(): void {
    // One row more than wanted came: `more` says so.
  }

  handleCommandComplete({ text }: { text: string }): void {
    this.changed = Number(/(\d+)$/.exec(text)?.[1] ?? 0);
  }

  handleEmptyQuery(): void {
    this.error = new StepError('SQL_ERROR', 'The statement is empty.');
  }

  handleCopyInResponse(): void {
    throw noCopy();
  }

  handleCopyData(): void {
    throw noCopy();
  }

  handleError(error: unknown): void {
    this.settle.reject(error);
  }

  handleReadyForQuery(): void {
    if (this.error !== null) {
      this.settle.reject(this.error);
      return;
    }
    const { rows, columns, more, changed } = this;
    this.settle.resolve({ rows, rowCount: columns ? rows.length : changed, truncated: more });
  }
}

/** A column of the same name as one before would take its place: `id`, `id_2`. */
function uniqueName(name: string, taken: Set<string>): string {
  let unique = name;
  for (let count = 2; taken.has(unique); count += 1) unique = `${name}_${count}`;
  taken.add(unique);
  return unique;
}

function noCopy(): StepError {
  return new StepError('SQL_ERROR', 'COPY cannot be used here. Write SELECT or INSERT.');
}
