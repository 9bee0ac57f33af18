import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import { addContent } from './add-content.ts';
import type { App } from './app.ts';
import { findProject } from './find-project.ts';
import { mayEdit } from './roles.ts';
import { bundleOf, contentOf, readBundle, type Which, type WorkflowBundle } from './workflow-bundle.ts';

export interface Shared {
  id: string;
  title: string;
}

/**
 * Shares a workflow inside the organization, as it is now; or renews a template that was shared before, which its
 * author and administrators of the organization may.
 */
export async function shareWorkflow(
  app: App,
  principal: Principal,
  {
    project: slug,
    workflow,
    which,
    template,
    ...facts
  }: {
    project: string;
    workflow: string;
    which: Which;
    template?: string | undefined;
    title: string;
    summary: string;
    tags: string[];
  },
): Promise<Shared> {
  const project = await findProject(app, principal, slug);
  mayEdit(principal, 'share a workflow');
  const content = JSON.stringify(await bundleOf(app, principal, project, { workflow, which }));
  const { sharedTemplates } = repository(app.db, principal);
  const { id, title } =
    template === undefined
      ? await sharedTemplates.create({ projectId: project.id, workflowId: workflow }, { ...facts, content })
      : await sharedTemplates.update(template, { ...facts, content });
  return { id, title };
}

/** Takes a template back; what was made of it stays. */
export async function withdrawTemplate(app: App, principal: Principal, id: string): Promise<void> {
  await repository(app.db, principal).sharedTemplates.remove(id);
}

/** A workflow as a file to pass on. */
export async function workflowFile(
  app: App,
  principal: Principal,
  at: { project: string; workflow: string; which: Which },
): Promise<WorkflowBundle> {
  const project = await findProject(app, principal, at.project);
  return bundleOf(app, principal, project, at);
}

/** Puts a workflow that somebody passed on into a project, as a draft that is bound to nothing. Throws `invalid`. */
export async function importWorkflow(
  app: App,
  principal: Principal,
  { project: slug, content }: { project: string; content: unknown },
): Promise<{ open: string; workflows: { id: string; name: string }[] }> {
  const project = await findProject(app, principal, slug);
  mayEdit(principal, 'import a workflow');
  const workflows = await addContent(app, principal, project, contentOf(readBundle(content)));
  return { open: workflows[0]!.id, workflows };
}
