import { AppError } from '#lib/db/app-error.ts';
import { JOB_ADDED } from '#lib/db/jobs.ts';
import type { RerankerSettings } from '#lib/db/passages.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { VectorIndex } from '#lib/db/vector-indexes.ts';
import { StepError } from '#lib/engine/errors.ts';
import { folderIn } from '#lib/knowledge/local-model/local-models.ts';
import type { App } from '../app.ts';
import { findBase } from '../read-knowledge.ts';
import { mayEdit } from '../roles.ts';
import { type EmbeddingConfig, embeddingConfig } from './config.ts';
import { embedTexts, endpointOf } from './embedder.ts';

type At = { project: string; base: string };

/** A model and the connection that goes along with what it is asked. */
export type EmbeddingInput = EmbeddingConfig & { connection: string | null };

export interface IndexView {
  id: string;
  config: EmbeddingConfig;
  connection: string | null;
  dimensions: number | null;
  state: VectorIndex['state'];
  /** What went wrong the last time; while it is filled, it is tried again. */
  error: string | null;
  /** Passages with a vector, of all that are searched. */
  done: number;
  total: number;
}

export interface EmbeddingView {
  serving: IndexView | null;
  filling: IndexView | null;
  reranker: RerankerSettings | null;
}

export interface EmbeddingTry {
  ok: boolean;
  /** In a sentence. */
  seen: string;
  dimensions: number | null;
  ms: number;
}

/** Which models a knowledge base is searched with, and how far a new one is. */
export async function getEmbedding(app: App, principal: Principal, at: At): Promise<EmbeddingView> {
  const { projectId, base } = await findBase(app, principal, at);
  const { serving, filling, reranker } = await repository(app.db, principal).vectorIndexes.of(
    projectId,
    base.id,
  );
  return { serving: serving && viewOf(serving), filling: filling && viewOf(filling), reranker };
}

/** Begins to make vectors by a model; what serves goes on until all are there. Throws `not_found`, `bad_request`. */
export async function setEmbedding(
  app: App,
  principal: Principal,
  at: At,
  { connection, ...config }: EmbeddingInput,
): Promise<EmbeddingView> {
  mayEdit(principal, 'choose a model');
  const { projectId, base } = await findBase(app, principal, at);
  checkConfig(app, config);
  await checkConnection(app, principal, projectId, connection);
  const { vectorIndexes } = repository(app.db, principal);
  await vectorIndexes.begin(projectId, base.id, { config: { ...config }, connectionId: connection });
  app.events.publish(JOB_ADDED, null);
  return getEmbedding(app, principal, at);
}

/** The base is searched by full text from now on. */
export async function removeEmbedding(app: App, principal: Principal, at: At): Promise<void> {
  mayEdit(principal, 'turn a model off');
  const { projectId, base } = await findBase(app, principal, at);
  await repository(app.db, principal).vectorIndexes.remove(projectId, base.id);
}

/** Asks a model for one vector; nothing is stored. */
export async function tryEmbedding(
  app: App,
  principal: Principal,
  at: At,
  { input: { connection, ...config }, signal }: { input: EmbeddingInput; signal: AbortSignal },
): Promise<EmbeddingTry> {
  mayEdit(principal, 'try a model');
  const { projectId, base } = await findBase(app, principal, at);
  const { organizationId } = await repository(app.db, principal).passages.base(projectId, base.id);
  await checkConnection(app, principal, projectId, connection);
  const begun = performance.now();
  const ended = (rest: Omit<EmbeddingTry, 'ms'>) => ({ ...rest, ms: Math.round(performance.now() - begun) });
  try {
    checkConfig(app, config);
    const model = { organizationId, projectId, config, connectionId: connection };
    const [vector] = await embedTexts(app, model, ['A text to try it with.'], { use: 'query', signal });
    const dimensions = vector?.length ?? 0;
    return ended({ ok: true, seen: `It makes vectors of ${dimensions} values.`, dimensions });
  } catch (error) {
    if (error instanceof AppError || error instanceof StepError) {
      return ended({ ok: false, seen: error.message, dimensions: null });
    }
    throw error;
  }
}

/** The model that orders passages once more; null: none. Throws `not_found`, `bad_request`. */
export async function setReranker(
  app: App,
  principal: Principal,
  at: At,
  input: RerankerSettings | null,
): Promise<void> {
  mayEdit(principal, 'choose a model');
  const { projectId, base } = await findBase(app, principal, at);
  if (input) {
    asked('url', () => endpointOf(input.url, '/rerank'));
    await checkConnection(app, principal, projectId, input.connection);
  }
  await repository(app.db, principal).vectorIndexes.setReranker(projectId, base.id, input);
}

function checkConfig(app: App, config: EmbeddingConfig): void {
  if (config.kind === 'local') asked('folder', () => folderIn(app.env.localModelsDir, config.folder));
  else asked('url', () => endpointOf(config.url, '/embeddings'));
}

/** What is wrong with a field is said to whoever filled it in. */
function asked(field: string, check: () => unknown): void {
  try {
    check();
  } catch (error) {
    if (error instanceof StepError) throw new AppError('bad_request', `${field}: ${error.message}`);
    throw error;
  }
}

async function checkConnection(
  app: App,
  principal: Principal,
  projectId: string,
  id: string | null,
): Promise<void> {
  if (id === null) return;
  const connection = await repository(app.db, principal).connections.get(projectId, id);
  if (!connection) throw new AppError('not_found', 'There is no such connection.');
  if (connection.type === 'postgres') {
    throw new AppError('bad_request', `connection: "${connection.name}" is one to a database.`);
  }
  if (connection.perCaller) {
    throw new AppError(
      'bad_request',
      `connection: "${connection.name}" uses accounts of callers, and documents are read when nobody calls.`,
    );
  }
}

function viewOf({ connectionId, config, ...index }: VectorIndex): IndexView {
  return { ...index, config: embeddingConfig.parse(config), connection: connectionId };
}
