import { sha256 } from '#lib/db/check.ts';
import { StepError } from '#lib/engine/errors.ts';
import type { App } from '../app.ts';
import { isTooMuch } from './batches.ts';
import { modelName } from './config.ts';
import { type EmbeddingModel, embedTexts } from './embedder.ts';

/** Vectors of queries of late, so that the same question costs nothing; and models that did not answer. */
export interface QueryVectors {
  /**
   * Throws StepError. A model that did not answer is not asked again for some seconds, so that look-ups need not wait
   * for it each time; one that refused this text is asked the next.
   */
  of(app: App, index: { id: string; model: EmbeddingModel }, text: string): Promise<Float32Array>;
}

/** About 10 MB at 1,000 dimensions. */
const MOST_VALUES = 2_500_000;
const REST_MS = 15_000;
/** Of what is searched for: who pastes a page shall not be refused for its length. About 500 tokens. */
const MOST_CHARACTERS = 2000;
const LONGEST_MS = 10_000;

export function createQueryVectors(): QueryVectors {
  const known = new Map<string, Promise<Float32Array>>();
  const resting = new Map<string, { until: number; error: unknown }>();
  let values = 0;

  function keep(key: string, vector: Promise<Float32Array>): void {
    known.set(key, vector);
    vector.then(
      ({ length }) => {
        values += length;
        for (const [oldest, one] of known) {
          if (values <= MOST_VALUES) break;
          known.delete(oldest);
          one.then((gone) => {
            values -= gone.length;
          }, ignore);
        }
      },
      () => known.delete(key),
    );
  }

  return {
    async of(app, { id, model }, given) {
      const text = given.slice(0, MOST_CHARACTERS).toWellFormed();
      const key = `${id} ${sha256(text)}`;
      const before = known.get(key);
      if (before) {
        // Asked for last, forgotten last.
        known.delete(key);
        known.set(key, before);
        return before;
      }
      const rest = resting.get(id);
      if (rest && rest.until > Date.now()) throw rest.error;
      // Not the signal of who asks: somebody else may wait for the same.
      const signal = AbortSignal.timeout(LONGEST_MS);
      const asked = embedTexts(app, model, [text], { use: 'query', signal }).then(([vector]) => {
        if (vector) return vector;
        throw new StepError('EMBEDDING_ANSWER', `${modelName(model.config)} gave no vector.`);
      });
      keep(key, asked);
      try {
        const vector = await asked;
        resting.delete(id);
        return vector;
      } catch (error) {
        if (!isTooMuch(error)) resting.set(id, { until: Date.now() + REST_MS, error });
        throw error;
      }
    },
  };
}

function ignore(): void {}
