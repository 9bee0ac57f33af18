import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import { addContent } from './add-content.ts';
import type { App } from './app.ts';
import type { AddedContent } from './fill-project.ts';
import { findProject } from './find-project.ts';
import { mayEdit } from './roles.ts';
import { SCHEDULES_CHANGED } from './schedules.ts';
import { readTemplates } from './templates.ts';
import { updateProject } from './update-project.ts';
import { contentOf, readBundle } from './workflow-bundle.ts';

export interface AddedTemplate {
  /** Id of the workflow to open. */
  open: string;
  workflows: { id: string; name: string }[];
}

/**
 * Puts the workflows of a template into a project, as drafts, with the knowledge bases, schedules and environment values
 * they need. Names that are taken get a number; an environment value that the project has stays as it is. Throws
 * `not_found` for a template that there is not; when it fails half way, what was made is taken back.
 */
export async function addTemplate(
  app: App,
  principal: Principal,
  slug: string,
  template: string,
): Promise<AddedTemplate> {
  const project = await findProject(app, principal, slug);
  mayEdit(principal, 'add a template');
  const { content, tool, env } = await contentOfTemplate(app, principal, template);
  const workflows = await addContent(app, principal, project, content);
  await updateProject(app, principal, slug, { env: { ...env, ...project.env } });
  if (content.triggers.length > 0) app.events.publish(SCHEDULES_CHANGED, null);
  const first = content.workflows.findIndex(({ name }) => name === tool);
  return { open: (workflows[first] ?? workflows[0]!).id, workflows };
}

/** One that comes with Patchbay, or was shared in the organization of the project. */
async function contentOfTemplate(
  app: App,
  principal: Principal,
  id: string,
): Promise<{ content: AddedContent; tool: string; env: Record<string, string> }> {
  const builtIn = (await readTemplates()).find((template) => template.id === id);
  if (builtIn) {
    const { content, tool } = builtIn;
    return { content: { ...content, reviewed: true }, tool, env: content.env };
  }
  const shared = await repository(app.db, principal).sharedTemplates.get(id);
  if (!shared) throw new AppError('not_found', `There is no template "${id}".`);
  const bundle = readBundle(shared.content);
  return { content: contentOf(bundle), tool: bundle.workflows[0]!.name, env: {} };
}
