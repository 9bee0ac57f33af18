import { setTimeout as sleep } from 'node:timers/promises';
import type { EgressRequest, EgressStream } from '#lib/egress/fetch.ts';
import { StepError } from '#lib/engine/errors.ts';
import type { SourceRun } from './source-kind.ts';

/** How often something is asked for in all, where trying again may help. */
const TRIES = 3;
const PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;

/**
 * One exchange, tried again when the other side was not there or had too much to do. Redirects are the caller's.
 * Throws StepError as the egress does.
 */
export async function opened(run: SourceRun, request: EgressRequest): Promise<EgressStream> {
  for (let attempt = 1; ; attempt++) {
    try {
      const answer = await run.egress.open({ followRedirects: false, ...request }, run.signal);
      if (attempt === TRIES || !isBusy(answer.status)) return answer;
      await answer.body.cancel();
      await sleep(pauseOf(answer, attempt), undefined, { signal: run.signal });
    } catch (error) {
      if (run.signal.aborted) throw run.signal.reason;
      if (attempt === TRIES || !(error instanceof StepError) || !error.transient) throw error;
      await sleep(PAUSE_MS * attempt, undefined, { signal: run.signal });
    }
  }
}

/** A body to its end, or only its beginning. Throws StepError as the egress does. */
export async function bytesOf(
  { body }: Pick<EgressStream, 'body'>,
  { most = Number.POSITIVE_INFINITY } = {},
): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of body) {
    pieces.push(piece);
    size += piece.byteLength;
    // Leaving the loop cancels the rest.
    if (size >= most) break;
  }
  return Buffer.concat(pieces, Math.min(size, most));
}

function isBusy(status: number): boolean {
  return status === 429 || (status >= 500 && status !== 501);
}

/** In seconds or as a date, where it says so. */
function pauseOf({ headers }: Pick<EgressStream, 'headers'>, attempt: number): number {
  const said = headers['retry-after'];
  const seconds = said === undefined ? Number.NaN : Number(said);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(said ?? '') - Date.now();
  return Math.min(Math.max(Number.isFinite(ms) ? ms : 0, PAUSE_MS * attempt), LONGEST_PAUSE_MS);
}
