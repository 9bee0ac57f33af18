import { AppError } from '#lib/db/app-error.ts';
import { SOURCE_JOB, type StoredSource } from '#lib/db/knowledge-sources.ts';
import { repository } from '#lib/db/repository.ts';
import { createEgress } from '#lib/egress/fetch.ts';
import { StepError } from '#lib/engine/errors.ts';
import { sourceKind } from '#lib/sources/kinds.ts';
import type { App } from './app.ts';
import { type JobHandler, TurnOver } from './job-runner.ts';
import { type OpenRun, openRun, RunEnded } from './source-run.ts';

/** Published with the id of a source when a run of it was ended by somebody. */
export const SOURCE_ENDED = 'source.ended';

/** Connections of one run at one time. */
const SOCKETS = 2;

/** ms after which a run lets others go first, where some wait: a slow site of many pages takes days. */
const TURN_MS = 60_000;

/**
 * The handler of SOURCE_JOB: reads a source once. It goes on where a process that died had got to, and ends when
 * somebody stops it. A source that cannot be read is marked as failed, with the reason; its documents stay.
 */
export function sourceReading(app: App, { turnMs = TURN_MS } = {}): JobHandler {
  const { knowledgeSources, jobs } = repository(app.db, { type: 'system' });

  return async (job, signal) => {
    const source = await knowledgeSources.stored(String(job.payload['sourceId']));
    if (!source || source.run !== job.payload['run'] || source.state !== 'running') return;
    const ended = new AbortController();
    const abort = (reason: RunEnded | TurnOver) => ended.abort(reason);
    const unsubscribe = app.events.subscribe(SOURCE_ENDED, (payload) => {
      if (payload === source.id) abort(new RunEnded('The run was ended.'));
    });
    const both = AbortSignal.any([signal, ended.signal]);
    const kind = sourceKind(source.kind);
    const limits = kind?.limits ?? {};
    const egress = createEgress({
      allow: app.env.egressAllow,
      limits: { socketsPerHost: SOCKETS, ...limits },
    });
    const opened = await openRun(app, source, { egress, signal: both, abort });
    const turn = setInterval(() => {
      if (!kind?.takesTurns) return;
      jobs.waits(SOURCE_JOB).then(
        (others) => others && abort(new TurnOver('Other sources wait.')),
        (error: unknown) => app.log.warn({ err: error }, 'whether other sources wait could not be seen'),
      );
    }, turnMs);
    try {
      if (job.exhausted) {
        throw new AppError('invalid', 'Reading it ended the server more than once: it is not tried again.');
      }
      await opened.finish(await readOnce(source, opened));
    } catch (error) {
      if (signal.aborted) throw error;
      if (ended.signal.reason instanceof TurnOver) {
        await opened.note();
        throw ended.signal.reason;
      }
      if (ended.signal.aborted || error instanceof RunEnded) return;
      const words = wordsOf(error);
      if (words === null && !job.last) throw error;
      await opened.fail(words ?? 'The server could not go on with it. Its log says why.').catch(unlessEnded);
      if (words === null) throw error;
      app.log.info({ source: source.id, reason: words }, 'a source could not be read');
    } finally {
      clearInterval(turn);
      opened.close();
      unsubscribe();
      await egress.close();
    }
  };
}

async function readOnce(source: StoredSource, { run }: OpenRun) {
  const kind = sourceKind(source.kind);
  const config = kind?.config.safeParse(source.config);
  if (!kind || !config?.success) {
    throw new AppError(
      'invalid',
      'What this source reads is not understood by this version. Save it once more.',
    );
  }
  return kind.read(config.data, run);
}

/** What can be told of an error that is the source's; null for one of ours. */
function wordsOf(error: unknown): string | null {
  if (error instanceof StepError) {
    const reason = error.details['reason'];
    return typeof reason === 'string' ? `${error.message.replace(/\.$/, '')}: ${reason}.` : error.message;
  }
  return error instanceof AppError && error.code !== 'unavailable' ? error.message : null;
}

function unlessEnded(error: unknown): void {
  if (!(error instanceof RunEnded)) throw error;
}
