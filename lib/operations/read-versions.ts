import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { VersionSummary } from '#lib/db/versions.ts';
import type { Contract } from '#lib/workflow/contract.ts';
import type { WorkflowDocument } from '#lib/workflow/document.ts';
import type { App } from './app.ts';
import { findProject } from './find-project.ts';

export interface VersionLine {
  version: number;
  publishedAt: string;
  publishedBy: string | null;
  live: boolean;
  note: string;
}

type At = { project: string; workflow: string };

/** Published versions of a workflow, newest first. */
export async function listVersions(app: App, principal: Principal, at: At): Promise<VersionLine[]> {
  const { id } = await findProject(app, principal, at.project);
  const { workflows, versions } = repository(app.db, principal);
  if (!(await workflows.get(id, at.workflow))) throw new AppError('not_found', 'There is no such workflow.');
  return (await versions.list(id, at.workflow)).map(lineOf);
}

/** One version with its document and its contract. */
export async function getVersion(
  app: App,
  principal: Principal,
  at: At & { version: number },
): Promise<VersionLine & { document: WorkflowDocument; contract: Contract }> {
  const { id } = await findProject(app, principal, at.project);
  const version = await repository(app.db, principal).versions.get(id, at.workflow, at.version);
  if (!version) throw new AppError('not_found', 'There is no such version.');
  const { contract } = version;
  return { ...lineOf(version), document: version.document as WorkflowDocument, contract };
}

/** A version as it is shown in lists. */
export function lineOf({ version, publishedAt, publishedBy, live, note }: VersionSummary): VersionLine {
  return { version, publishedAt: publishedAt.toISOString(), publishedBy, live, note };
}
