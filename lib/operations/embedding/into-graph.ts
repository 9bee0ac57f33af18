import { repository } from '#lib/db/repository.ts';
import type { App } from '../app.ts';

/**
 * Brings the graph of an index up to date, where the database keeps graphs: all of it, or one version. Answers whether
 * it grew. What fails is logged; until a look-up has it tried again, all vectors are compared. Throws when `signal` aborts.
 */
export async function intoGraph(
  app: App,
  indexId: string,
  options: { versionId?: string; signal: AbortSignal },
): Promise<boolean> {
  try {
    return await repository(app.db, { type: 'system' }).vectorBlocks.link(indexId, options);
  } catch (error) {
    options.signal.throwIfAborted();
    app.log.warn({ err: error, indexId }, 'vectors could not be put into their graph');
    return false;
  }
}
