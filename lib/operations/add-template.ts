import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import { kinds } from '#lib/nodes/index.ts';
import { freeName } from '#lib/openapi/tool-name.ts';
import type { App } from './app.ts';
import { deleteBase } from './delete-base.ts';
import { deleteWorkflow } from './delete-workflow.ts';
import { type Filled, fillProject } from './fill-project.ts';
import { findProject } from './find-project.ts';
import { type ProjectContent, replaceReferences } from './project-folder.ts';
import { mayEdit } from './roles.ts';
import { SCHEDULES_CHANGED } from './schedules.ts';
import { readTemplates } from './templates.ts';
import { updateProject } from './update-project.ts';

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
  const found = (await readTemplates()).find(({ id }) => id === template);
  if (!found) throw new AppError('not_found', `There is no template "${template}".`);
  const { workflows, knowledge } = repository(app.db, principal);
  const content = renamed(found.content, {
    workflows: (await workflows.list(project.id)).map(({ name }) => name),
    bases: (await knowledge.list(project.id)).map(({ name }) => name),
  });
  const made: Filled = { workflows: [], bases: [] };
  try {
    await fillProject(app, principal, project, content, made);
  } catch (error) {
    for (const { id } of made.workflows)
      await deleteWorkflow(app, principal, { project: slug, workflow: id });
    for (const base of made.bases) await deleteBase(app, principal, { project: slug, base });
    throw error;
  }
  await updateProject(app, principal, slug, { env: { ...found.content.env, ...project.env } });
  if (content.triggers.length > 0) app.events.publish(SCHEDULES_CHANGED, null);
  const first = found.content.workflows.findIndex(({ name }) => name === found.tool);
  return { open: (made.workflows[first] ?? made.workflows[0]!).id, workflows: made.workflows };
}

/** The content under names that nothing in the project has; what refers to them follows. */
function renamed(content: ProjectContent, taken: { workflows: string[]; bases: string[] }): ProjectContent {
  const names = new Set(taken.workflows);
  const workflowNames = new Map(
    content.workflows.map(({ name }) => {
      const free = freeName(name, names);
      names.add(free);
      return [name, free];
    }),
  );
  const baseNames = new Map(content.knowledge.map(({ name }) => [name, freeBase(name, taken.bases)]));
  const workflowName = (name: string): string => workflowNames.get(name) ?? name;
  const baseName = (name: string): string => baseNames.get(name) ?? name;
  return {
    ...content,
    knowledge: content.knowledge.map((base) => ({ ...base, name: baseName(base.name) })),
    triggers: content.triggers.map((one) => ({ ...one, workflow: workflowName(one.workflow) })),
    tests: content.tests.map((one) => ({ ...one, workflow: workflowName(one.workflow) })),
    workflows: content.workflows.map(({ name, document }) => ({
      name: workflowName(name),
      document: {
        ...replaceReferences(document, kinds, {
          connection: (value) => value,
          'knowledge-base': baseName,
          workflow: workflowName,
        }),
        name: workflowName(name),
      },
    })),
  };
}

/** `Handbook`, `Handbook 2` */
function freeBase(name: string, taken: readonly string[]): string {
  for (let number = 1; ; number += 1) {
    const free = number === 1 ? name : `${name} ${number}`;
    if (!taken.includes(free)) return free;
  }
}
