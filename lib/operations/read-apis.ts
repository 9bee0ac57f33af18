import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { OperationChoice } from '#lib/openapi/api.ts';
import type { OperationDetail } from '#lib/openapi/operation-lines.ts';
import { documentContract } from '#lib/openapi/request-document.ts';
import type { JsonSchema } from '#lib/workflow/json.ts';
import { type ApiSourceView, askApi, findSource, sourceView, textOf } from './api-source.ts';
import type { App } from './app.ts';
import { findProject } from './find-project.ts';
import { mayEdit } from './roles.ts';

/** The APIs that workflows of a project were made of, by name. */
export async function listApis(app: App, principal: Principal, slug: string): Promise<ApiSourceView[]> {
  const { id, env } = await findProject(app, principal, slug);
  const sources = await repository(app.db, principal).apiSources.list(id);
  return sources.map((source) => sourceView(source, env));
}

export interface OperationView extends OperationDetail {
  /** What the tool takes, as a client will be told. */
  inputSchema: JsonSchema;
}

/** One operation of a description that was read, with what its tool would be with these choices. */
export async function previewOperation(
  app: App,
  principal: Principal,
  at: { project: string; source: string },
  { operation, choice }: { operation: string; choice: OperationChoice },
): Promise<OperationView> {
  const { id } = await findProject(app, principal, at.project);
  mayEdit(principal, 'import an API');
  const source = await findSource(app, principal, id, at.source);
  const detail = await askApi(app, { type: 'detail', api: textOf(source), operation, choice });
  if (!detail) throw new AppError('not_found', 'There is no such operation in the description.');
  const { document, ...rest } = detail;
  return { ...rest, inputSchema: documentContract(document).inputSchema };
}

/** Forgets a description; its workflows stay, and cannot be updated from a newer one any more. */
export async function forgetApi(
  app: App,
  principal: Principal,
  at: { project: string; source: string },
): Promise<void> {
  const { id } = await findProject(app, principal, at.project);
  mayEdit(principal, 'forget an API');
  await repository(app.db, principal).apiSources.remove(id, at.source);
}
