import { createHash } from 'node:crypto';
import type { Secrets } from '#lib/auth/sealing.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import { canonical } from '#lib/workflow/same-json.ts';
import { Fault } from './errors.ts';

/** What the client carries from one round of a call to the next (MRTR, 2026-07-28). It cannot read it. */
export interface RequestState {
  runId: string;
  /**
   * The questions that were asked, and when each expires: an answer is to the question that was asked, not to another
   * that a later round asks under the same key.
   */
  asked: Record<string, number>;
  /** Past this nobody may answer, ms since the epoch. */
  expiresAt: number;
}

/** The call that a state belongs to: sent with another one it is refused. */
export interface StatefulCall {
  /** See `holderOf`. */
  holder: string;
  tool: string;
  args: JsonObject;
}

const MAX_LENGTH = 100_000;

/** Sealed, so that it can neither be read nor changed, for one caller, one tool and its arguments. */
export function sealState(secrets: Secrets, state: RequestState, call: StatefulCall): string {
  const { runId, asked, expiresAt } = state;
  return secrets.seal(JSON.stringify([runId, asked, expiresAt, callHash(call)]), context(call));
}

/**
 * What was sealed. Throws Fault -32602, whose `data.reason` says why: `invalid` (changed, made up, or another
 * caller's), `mismatch` (another tool, or other arguments), `expired`.
 */
export function openState(secrets: Secrets, sealed: JsonValue | undefined, call: StatefulCall): RequestState {
  if (typeof sealed !== 'string' || sealed.length > MAX_LENGTH) throw invalid();
  let facts: unknown;
  try {
    facts = JSON.parse(secrets.open(sealed, context(call)));
  } catch {
    throw invalid();
  }
  const [runId, asked, expiresAt, hash] = facts as [string, RequestState['asked'], number, string];
  if (hash !== callHash(call)) {
    throw refused('mismatch', 'requestState belongs to a call of another tool, or with other arguments.');
  }
  if (Date.now() > expiresAt) {
    throw refused('expired', 'requestState has expired: nobody answered in time. Call the tool anew.');
  }
  return { runId, asked, expiresAt };
}

function invalid(): Fault {
  return refused('invalid', 'requestState is not the one this server handed out to this caller.');
}

function refused(reason: string, message: string): Fault {
  return new Fault('invalid_params', message, { data: { reason } });
}

function context({ holder }: StatefulCall): string {
  return `request-state|${holder}`;
}

/** The arguments count by their value: a client may write their members in another order when it repeats a call. */
function callHash({ tool, args }: StatefulCall): string {
  return createHash('sha256')
    .update(canonical([tool, args]))
    .digest('base64url');
}
