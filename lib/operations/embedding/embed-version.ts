import { repository } from '#lib/db/repository.ts';
import { StepError } from '#lib/engine/errors.ts';
import type { App } from '../app.ts';
import { embedIndex } from './embed-index.ts';
import { intoGraph } from './into-graph.ts';

/** When a model that did not answer is asked again for what is missing, in ms. */
const LATER_MS = 30_000;

/**
 * Makes the vectors of a version that is not searched yet, for each index of its base. `told`: percent. Answers what is
 * to be noted with the version when a model could not make them: then it is searched by its words, and a job makes the
 * vectors later; null when all is there, or the base has no model. Throws when `signal` aborts.
 */
export async function embedVersion(
  app: App,
  versionId: string,
  { signal, told = () => {} }: { signal: AbortSignal; told?: (percent: number) => void },
): Promise<string | null> {
  const { vectorBlocks } = repository(app.db, { type: 'system' });
  const version = await vectorBlocks.version(versionId);
  if (!version) return null;
  const indexes = await vectorBlocks.indexesOf(version.baseId);
  let note: string | null = null;
  for (const [place, index] of indexes.entries()) {
    const share = (chunks: number) =>
      told(((place + chunks / Math.max(1, version.chunks)) / indexes.length) * 100);
    // One that is filled comes to this version by itself.
    if (index.error !== null && index.state !== 'serving') continue;
    try {
      await embedIndex(app, index, versionId, { signal, told: share });
      // Before it is searched, so that the graph has all when it is.
      await intoGraph(app, index.id, { versionId, signal });
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof StepError)) throw error;
      app.log.info({ err: error, versionId, indexId: index.id }, 'vectors of a version could not be made');
      await vectorBlocks.fill(index.id, new Date(Date.now() + LATER_MS));
      if (index.state === 'serving') note = `It has no vectors yet: ${error.message} It is tried again.`;
    }
  }
  return note;
}
