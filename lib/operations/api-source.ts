import { createHash } from 'node:crypto';
import type { ApiSource } from '#lib/db/api-sources.ts';
import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { OperationChoice } from '#lib/openapi/api.ts';
import { ApiReaderError } from '#lib/openapi/api-reader.ts';
import type { ApiAnswers, ApiTask, ApiText } from '#lib/openapi/api-task.ts';
import type { WorkflowDocument } from '#lib/workflow/document.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import { canonical } from '#lib/workflow/same-json.ts';
import type { App } from './app.ts';

/** What was made of an operation. */
export interface ImportedOperation {
  /** With the name that its tool got. */
  choice: OperationChoice;
  /** Id. */
  workflow: string;
  /** Of the document as it was made: a draft with another one was edited by hand. */
  hash: string;
}

/** What was made of a description; stored with it. */
export interface ImportedApi {
  /** Name of the environment value that holds the base address, and the address. */
  env: string;
  base: string;
  /** Ids of connections by the name of the scheme they are for. */
  connections: Record<string, string>;
  /** By the id of the operation. */
  operations: Record<string, ImportedOperation>;
}

export interface ApiSourceView {
  id: string;
  name: string;
  url: string | null;
  importedAt: string | null;
  base: string;
  env: string;
  operations: { id: string; workflow: string; name: string }[];
}

/** The description with its text; throws `not_found`. */
export async function findSource(
  app: App,
  principal: Principal,
  projectId: string,
  id: string,
): Promise<ApiSource & { document: string }> {
  const source = await repository(app.db, principal).apiSources.get(projectId, id);
  if (!source)
    throw new AppError(
      'not_found',
      'There is no such API description. One that was read and not imported is kept for a while only: read it again.',
    );
  return source;
}

/** The same, of which workflows were made; throws `not_found`. */
export async function findImported(
  app: App,
  principal: Principal,
  projectId: string,
  id: string,
): Promise<ApiSource & { document: string }> {
  const source = await findSource(app, principal, projectId, id);
  if (source.importedAt) return source;
  throw new AppError(
    'not_found',
    'Nothing was imported from this API description, so nothing can be updated.',
  );
}

export function importedOf(source: ApiSource): ImportedApi {
  const none: ImportedApi = { env: '', base: '', connections: {}, operations: {} };
  return { ...none, ...(source.choices as unknown as Partial<ImportedApi>) };
}

export function textOf({ document, url }: { document: string; url: string | null }): ApiText {
  return { text: document, url };
}

/** `values`: the environment of the project, where somebody may have given the API another address since. */
export function sourceView(source: ApiSource, values: Record<string, string>): ApiSourceView {
  const { id, name, url, importedAt } = source;
  const { base, env, operations } = importedOf(source);
  return {
    id,
    name,
    url,
    importedAt: importedAt?.toISOString() ?? null,
    base: values[env] ?? base,
    env,
    operations: Object.entries(operations).map(([operation, { workflow, choice }]) => ({
      id: operation,
      workflow,
      name: choice.name ?? operation,
    })),
  };
}

/** Work on a description; throws `invalid` when it takes more than it may. */
export async function askApi<Type extends ApiTask['type']>(
  app: App,
  task: ApiTask & { type: Type },
): Promise<ApiAnswers[Type]> {
  try {
    return await app.apis.ask<Type>(task);
  } catch (error) {
    if (error instanceof ApiReaderError) throw new AppError('invalid', error.message);
    throw error;
  }
}

/** What tells a draft that was edited by hand: where nodes stand does not count. */
export function contentHash(document: WorkflowDocument): string {
  const plain = { ...document, nodes: document.nodes.map(({ position: _, ...node }) => node) };
  return createHash('sha256')
    .update(canonical(plain as unknown as JsonValue))
    .digest('hex');
}

export function asJson(imported: ImportedApi): JsonObject {
  return JSON.parse(JSON.stringify(imported)) as JsonObject;
}
