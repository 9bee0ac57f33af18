import { JOB_ADDED, type Job } from '#lib/db/jobs.ts';
import { repository } from '#lib/db/repository.ts';
import { StepError } from '#lib/engine/errors.ts';
import type { App } from '../app.ts';
import { embedIndex } from './embed-index.ts';
import { intoGraph } from './into-graph.ts';

/** Pauses between tries, in ms. */
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 15 * 60_000;
/** Documents are mostly small: several share the time that a request takes. */
const VERSIONS_AT_ONCE = 4;
/** One after the other, without a vector in between: about a day. */
const MOST_FAILURES = 100;

/**
 * The handler of EMBED_JOB: makes what an index lacks, version by version; a filled one serves when nothing is missing.
 * A model that has trouble is asked again later; one that refuses has failed, and says why.
 */
export function fillIndex(app: App): (job: Job, signal: AbortSignal) => Promise<void> {
  const { vectorBlocks } = repository(app.db, { type: 'system' });

  return async (job, signal) => {
    const indexId = String(job.payload['indexId']);
    const failures = Number(job.payload['failures'] ?? 0);
    let made = 0;
    try {
      for (;;) {
        const index = await vectorBlocks.index(indexId);
        if (!index || index.state === 'failed') return;
        const versions = await vectorBlocks.missing(indexId);
        if (versions.length === 0) {
          if (made > 0) await vectorBlocks.touch(index.baseId);
          made = 0;
          if (!(await vectorBlocks.serve(indexId))) continue;
          // The exact search serves in the meantime.
          if (await intoGraph(app, indexId, { signal })) await vectorBlocks.touch(index.baseId);
          return;
        }
        await someAtOnce(versions, signal, async (versionId, abort) => {
          if (await embedIndex(app, index, versionId, { signal: abort })) made += 1;
        });
      }
    } catch (error) {
      if (signal.aborted || !(error instanceof StepError)) throw error;
      const index = await vectorBlocks.index(indexId);
      if (index && made > 0) await vectorBlocks.touch(index.baseId);
      await putOff(error, indexId, made > 0 ? 1 : failures + 1);
    }
  };

  async function putOff(error: StepError, indexId: string, failures: number): Promise<void> {
    const again = error.transient && failures < MOST_FAILURES;
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(10, failures - 1));
    const at = new Date(Date.now() + Math.max(pause, error.retryAfterMs ?? 0));
    app.log.info({ err: error, indexId, again }, 'vectors of a knowledge base could not be made');
    await vectorBlocks.setError(indexId, error.message, again ? { at, failures } : null);
    if (again) app.events.publish(JOB_ADDED, null);
  }
}

/** Ends all of them when one fails; throws why. */
async function someAtOnce<T>(
  items: readonly T[],
  signal: AbortSignal,
  work: (item: T, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const queue = items.values();
  const one = async () => {
    for (const item of queue) {
      either.throwIfAborted();
      await work(item, either);
    }
  };
  const all = Array.from({ length: VERSIONS_AT_ONCE }, one);
  try {
    await Promise.all(all);
  } catch (error) {
    stop.abort();
    await Promise.allSettled(all);
    throw error;
  }
}
