import { randomUUID } from 'node:crypto';
import type { HttpCapability } from '#lib/engine/capabilities.ts';
import { StepError } from '#lib/engine/errors.ts';
import { openai } from '#lib/nodes/ai-model/openai.ts';
import { baseUrlOf } from '#lib/nodes/ai-model/question.ts';
import type { App } from '../app.ts';
import { TRIGGER } from '../run-caller.ts';
import { inBatches } from './batches.ts';
import { type EmbeddingConfig, type EmbeddingUse, embeddingConfig, prefixOf } from './config.ts';
import { requestEmbeddings } from './request-embeddings.ts';

/** Which model, and whose. */
export interface EmbeddingModel {
  organizationId: string;
  projectId: string;
  config: EmbeddingConfig;
  connectionId: string | null;
}

/** ms for one request. */
const PASSAGES_MS = 120_000;
/** Somebody waits for the answer. */
const QUERY_MS = 8_000;

/**
 * A vector of length 1 for each text. Passages are asked for in portions, with patience; a query once, and soon. Throws
 * StepError (`EMBEDDING_ERROR`, `EMBEDDING_ANSWER`, `LOCAL_MODEL`, and those of the egress and of connections).
 */
export async function embedTexts(
  app: App,
  model: EmbeddingModel,
  texts: readonly string[],
  { use, signal }: { use: EmbeddingUse; signal: AbortSignal },
): Promise<Float32Array[]> {
  const before = prefixOf(model.config, use);
  const given = before === '' ? texts : texts.map((text) => `${before}${text}`);
  const ask = askerOf(app, model, use === 'query' ? QUERY_MS : PASSAGES_MS);
  if (use === 'passage') return inBatches(given, ask, { signal });
  try {
    return await ask(given, signal);
  } catch (error) {
    // The other side may have closed a connection that was kept open, just as it was used again.
    if (signal.aborted || !(error instanceof StepError) || error.code !== 'NETWORK') throw error;
    return ask(given, signal);
  }
}

function askerOf(app: App, { config, connectionId, ...owner }: EmbeddingModel, timeoutMs: number) {
  if (config.kind === 'local') {
    return (texts: readonly string[], signal: AbortSignal) =>
      app.retrieval.localModels.embed(config.folder, texts, signal);
  }
  const http = httpOf(app, owner);
  const { model, dimensions } = config;
  const address = { url: endpointOf(config.url, '/embeddings'), connectionId, model, dimensions };
  return (texts: readonly string[], signal: AbortSignal) =>
    requestEmbeddings(http, address, texts, { timeoutMs, signal });
}

/** The way out of a project, for what is asked on behalf of nobody in particular. */
export function httpOf(app: App, owner: { organizationId: string; projectId: string }): HttpCapability {
  const { organizationId, projectId } = owner;
  return app.capabilities({
    ...{ organizationId, projectId, versionKey: null },
    ...{ runId: randomUUID(), depth: 0, caller: TRIGGER },
  }).http;
}

/** A base address with the path of a method, unless it ends in it already. Throws StepError `BAD_URL`. */
export function endpointOf(given: string | undefined, path: string): string {
  const base = baseUrlOf(given ?? '', openai);
  return base.endsWith(path) ? base : `${base}${path}`;
}

/** As it is stored. */
export function storedModel(row: {
  organizationId: string;
  projectId: string;
  config: unknown;
  connectionId: string | null;
}): EmbeddingModel {
  const { organizationId, projectId, connectionId } = row;
  return { organizationId, projectId, connectionId, config: embeddingConfig.parse(row.config) };
}
