import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import { kinds } from '#lib/nodes/index.ts';
import { compile } from '#lib/workflow/compile.ts';
import type { WorkflowDocument } from '#lib/workflow/document.ts';
import { initialDocument } from '#lib/workflow/initial.ts';
import type { App } from './app.ts';
import { parseDraft } from './draft-document.ts';
import { findProject } from './find-project.ts';
import { errorCount, type WorkflowView, workflowView } from './read-workflows.ts';

export interface CreateWorkflow {
  name: string;
  title?: string | undefined;
  /** Of a workflow that is made without a document; a tool unless said. */
  kind?: WorkflowDocument['kind'] | undefined;
  document?: unknown;
}

/** Makes a workflow from a document, or with a start and an end. Throws `conflict` when the name is taken. */
export async function createWorkflow(
  app: App,
  principal: Principal,
  project: string,
  input: CreateWorkflow,
): Promise<WorkflowView> {
  const given =
    input.document === undefined
      ? initialDocument(input.name, kinds, input.kind)
      : parseDraft(input.document);
  const document = { ...given, name: input.name, title: input.title ?? (given.title || input.name) };
  const { id, env } = await findProject(app, principal, project);
  const { problems } = compile(document, kinds);
  const workflow = await repository(app.db, principal).workflows.create(id, {
    document,
    problems: errorCount(problems),
  });
  app.drafts.remember(workflow.id, workflow.revision, document);
  return workflowView(workflow, env);
}
