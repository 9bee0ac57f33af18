import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { Version } from '#lib/db/versions.ts';
import { kinds } from '#lib/nodes/index.ts';
import { type ContractChange, contractChanges } from '#lib/workflow/contract-changes.ts';
import type { WorkflowDocument } from '#lib/workflow/document.ts';
import type { App } from './app.ts';
import { documentChanges } from './document-changes.ts';
import { findProject } from './find-project.ts';
import { lineOf, type VersionLine } from './read-versions.ts';

/** A version beside the one before it. */
export interface VersionStory extends VersionLine {
  /** What was done to the graph, in words; empty of the first. */
  changes: string[];
  /** What callers noticed. */
  contractChanges: ContractChange[];
}

/** Versions of a workflow, newest first, with what each changed; those before the version `before`. */
export async function listHistory(
  app: App,
  principal: Principal,
  at: { project: string; workflow: string },
  { before, limit }: { before?: number | undefined; limit: number },
): Promise<VersionStory[]> {
  const { id } = await findProject(app, principal, at.project);
  const { workflows, versions } = repository(app.db, principal);
  if (!(await workflows.get(id, at.workflow))) throw new AppError('not_found', 'There is no such workflow.');
  // And the one before the oldest, to say what that changed.
  const newest = await versions.newest(id, at.workflow, { before, limit: limit + 1 });
  return newest
    .slice(0, limit)
    .map((version, index) => ({ ...lineOf(version), ...changesOf(newest[index + 1], version) }));
}

function changesOf(
  before: Version | undefined,
  after: Version,
): Pick<VersionStory, 'changes' | 'contractChanges'> {
  if (!before) return { changes: [], contractChanges: [] };
  const [was, is] = [before.document as WorkflowDocument, after.document as WorkflowDocument];
  return {
    changes: documentChanges(was, is, kinds),
    contractChanges: contractChanges(before.contract, after.contract),
  };
}
