import type { Logger } from 'pino';
import type { Database } from '#lib/db/client.ts';
import type { Events } from '#lib/db/events.ts';
import { JOB_ADDED } from '#lib/db/jobs.ts';
import { repository } from '#lib/db/repository.ts';
import { createLocalModels, type LocalModels } from '#lib/knowledge/local-model/local-models.ts';
import { createCosineSearch } from '#lib/knowledge/vectors/cosine-search.ts';
import { createNearestSearch, type NearestSearch } from '#lib/knowledge/vectors/nearest.ts';
import { createQueryVectors, type QueryVectors } from './embedding/query-vectors.ts';
import type { Env } from './env.ts';

/** What look-ups by vectors need of a process. */
export interface Retrieval {
  nearest: NearestSearch;
  localModels: LocalModels;
  queryVectors: QueryVectors;
  close(): Promise<void>;
}

/** Starts no thread: that is done by the first look-up that needs one. */
export function createRetrieval({
  db,
  events,
  env,
  log,
}: {
  db: Database;
  events: Events;
  env: Pick<Env, 'vectorMemoryBytes' | 'localModelsDir'>;
  log: Logger;
}): Retrieval {
  const { vectorBlocks } = repository(db, { type: 'system' });
  function onIncomplete(indexId: string): void {
    vectorBlocks.fill(indexId, new Date()).then(
      () => events.publish(JOB_ADDED, null),
      (error: unknown) =>
        log.warn({ err: error, indexId }, 'vectors that are missing could not be asked for'),
    );
  }
  const cosine = createCosineSearch({ database: db, maxBytes: env.vectorMemoryBytes, onIncomplete });
  const nearest = createNearestSearch({
    ...{ database: db, cosine, onIncomplete },
    onError: (error, indexId) =>
      log.warn({ err: error, indexId }, 'a graph of vectors could not be searched; all of them are compared'),
  });
  const localModels = createLocalModels({ directory: env.localModelsDir });
  return {
    ...{ nearest, localModels, queryVectors: createQueryVectors() },
    async close() {
      await Promise.all([cosine.close(), localModels.close()]);
    },
  };
}
