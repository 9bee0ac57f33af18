import { DatabaseError } from 'pg';
import { StepError } from '#lib/engine/errors.ts';
import type { JsonValue } from '#lib/workflow/json.ts';

/** SQLSTATE classes and codes after which the same statement may well pass: it was taken back whole. */
const TRANSIENT = /^(08|40|53|55P03|57P0[123])/;

/** What PostgreSQL says is wrong, in the words of a step. */
export function sqlFailure(error: unknown, { text, host }: { text: string; host: string }): unknown {
  if (error instanceof StepError || !(error instanceof Error)) return error;
  if (!(error instanceof DatabaseError)) {
    const { code } = error as NodeJS.ErrnoException;
    return new StepError('NETWORK', `The connection to ${host} failed${code ? ` (${code})` : ''}.`, {
      transient: true,
      details: { host, reason: error.message },
      cause: error,
    });
  }
  const { code = '', message, hint, detail, constraint, position } = error;
  const details: Record<string, JsonValue> = { sqlstate: code };
  for (const [name, value] of Object.entries({ hint, detail, constraint })) {
    if (value !== undefined) details[name] = value;
  }
  // Who may sign in is nothing for the caller.
  if (/^(28|3D)/.test(code)) {
    details['reason'] = message;
    return new StepError('SQL_SIGN_IN', `The database at ${host} refused the connection (${code}).`, {
      details,
      cause: error,
    });
  }
  const place = placeOf(text, Number(position));
  if (place) Object.assign(details, place);
  const where = place ? `, at line ${place.line}, column ${place.column}` : '';
  const advice =
    code === '25006'
      ? ' The step only reads: switch "May change data" on if it is meant to write.'
      : hint
        ? ` ${hint}`
        : '';
  return new StepError('SQL_ERROR', `PostgreSQL (${code}): ${message}${where}.${advice}`, {
    transient: TRANSIENT.test(code),
    details,
    cause: error,
  });
}

/** PostgreSQL counts characters from 1. */
function placeOf(text: string, position: number): { position: number; line: number; column: number } | null {
  if (!(position >= 1)) return null;
  const lines = [...text]
    .slice(0, position - 1)
    .join('')
    .split('\n');
  return { position, line: lines.length, column: lines.at(-1)!.length + 1 };
}
