import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { Workflow, WorkflowSummary } from '#lib/db/workflows.ts';
import { kinds } from '#lib/nodes/index.ts';
import { compile } from '#lib/workflow/compile.ts';
import type { Contract } from '#lib/workflow/contract.ts';
import type { WorkflowDocument } from '#lib/workflow/document.ts';
import type { Problem } from '#lib/workflow/problem.ts';
import { type Drawing, drawingOf } from '#lib/workflow/step-face.ts';
import type { App } from './app.ts';
import { findProject } from './find-project.ts';

/** A line of the list of workflows. */
export interface WorkflowLine {
  id: string;
  name: string;
  title: string;
  description: string;
  kind: WorkflowDocument['kind'];
  revision: number;
  liveVersion: number | null;
  latestVersion: number | null;
  changedSinceLive: boolean;
  problems: number;
  updatedAt: string;
  lastRun: { id: string; status: NonNullable<WorkflowSummary['lastRun']>['status']; at: string } | null;
}

export interface WorkflowView extends WorkflowLine {
  /** Its texts came from elsewhere, and nobody who published it has said that they are in order. */
  unreviewed: boolean;
  /** Name of who saved the draft; null when it is not known. */
  savedBy: string | null;
  document: WorkflowDocument;
  problemList: Problem[];
  /** Null while the draft has errors. */
  contract: Contract | null;
  /** What a canvas draws of the steps, for one that has not loaded the kinds. */
  drawing: Drawing;
}

/** Workflows of a project, by name. */
export async function listWorkflows(app: App, principal: Principal, slug: string): Promise<WorkflowLine[]> {
  const { id } = await findProject(app, principal, slug);
  const workflows = await repository(app.db, principal).workflows.list(id);
  return workflows.map(lineOf);
}

/** A workflow with its draft, and what keeps the draft from being published. */
export async function getWorkflow(
  app: App,
  principal: Principal,
  at: { project: string; workflow: string },
): Promise<WorkflowView> {
  const { id, env } = await findProject(app, principal, at.project);
  const workflow = await repository(app.db, principal).workflows.get(id, at.workflow);
  if (!workflow) throw new AppError('not_found', 'There is no such workflow.');
  app.drafts.remember(workflow.id, workflow.revision, workflow.document as WorkflowDocument);
  return workflowView(workflow, env);
}

/** `env`: the environment values of its project. */
export function workflowView(workflow: Workflow, env: Record<string, string>): WorkflowView {
  const { problems: problemList, contract } = compile(workflow.document, kinds, { env: Object.keys(env) });
  return {
    ...lineOf(workflow),
    problems: errorCount(problemList),
    savedBy: workflow.savedBy,
    unreviewed: workflow.unreviewed,
    document: workflow.document as WorkflowDocument,
    problemList,
    contract,
    drawing: drawingOf(workflow.document as WorkflowDocument, kinds),
  };
}

/** Warnings advise; only errors keep a draft from being published. */
export function errorCount(problems: readonly Problem[]): number {
  return problems.filter((problem) => problem.severity === 'error').length;
}

function lineOf(workflow: WorkflowSummary): WorkflowLine {
  const { lastRun } = workflow;
  return {
    id: workflow.id,
    name: workflow.name,
    title: workflow.title,
    description: workflow.description,
    kind: workflow.kind as WorkflowDocument['kind'],
    revision: workflow.revision,
    liveVersion: workflow.liveVersion,
    latestVersion: workflow.latestVersion,
    changedSinceLive: workflow.changedSinceLive,
    problems: workflow.problems,
    updatedAt: workflow.updatedAt.toISOString(),
    lastRun: lastRun && { ...lastRun, at: new Date(lastRun.at).toISOString() },
  };
}
