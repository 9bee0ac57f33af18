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

/** Versions that are told. */
const MOST = 50;

/** A version beside the one before it. */
export interface VersionStory extends VersionLine {
  /** What was done to the graph, in words; empty of the first, and of the oldest that is told. */
  changes: string[];
  /** What callers noticed. */
  contractChanges: ContractChange[];
}

/** The newest fifty versions of a workflow, newest first, with what each changed. */
export async function listHistory(
  app: App,
  principal: Principal,
  at: { project: string; workflow: string },
): Promise<VersionStory[]> {
  const { id } = await findProject(app, principal, at.project);
  const { workflows, versions } = repository(app.db, principal);
  if (!(await workflows.get(id, at.workflow))) throw new AppError('not_found', 'There is no such workflow.');
  const newest = await versions.newest(id, at.workflow, MOST);
  return newest.map((version, index) => ({ ...lineOf(version), ...changesOf(newest[index + 1], version) }));
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
