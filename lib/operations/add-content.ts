import type { Principal } from '#lib/db/principal.ts';
import type { Project } from '#lib/db/projects.ts';
import { repository } from '#lib/db/repository.ts';
import { kinds } from '#lib/nodes/index.ts';
import { freeName } from '#lib/openapi/tool-name.ts';
import type { App } from './app.ts';
import { deleteBase } from './delete-base.ts';
import { deleteConnection } from './delete-connection.ts';
import { deleteWorkflow } from './delete-workflow.ts';
import { type AddedContent, type Filled, fillProject } from './fill-project.ts';
import { replaceReferences } from './project-folder.ts';

/**
 * Puts workflows with what they need into a project, as drafts. Names that are taken get a number; a reference to what
 * is not in the content leads nowhere, so that it takes hold of nothing that is in the project already. When it fails
 * half way, what was made is taken back.
 */
export async function addContent(
  app: App,
  principal: Principal,
  project: Project,
  content: AddedContent,
): Promise<Filled['workflows']> {
  const { workflows, knowledge, connections } = repository(app.db, principal);
  const renamed = underFreeNames(content, {
    workflows: (await workflows.list(project.id)).map(({ name }) => name),
    bases: (await knowledge.list(project.id)).map(({ name }) => name),
    connections: (await connections.list(project.id)).map(({ name }) => name),
  });
  const made: Filled = { workflows: [], bases: [], connections: [] };
  try {
    await fillProject(app, principal, project, renamed, made);
  } catch (error) {
    const at = { project: project.slug };
    for (const { id } of made.workflows) await deleteWorkflow(app, principal, { ...at, workflow: id });
    for (const base of made.bases) await deleteBase(app, principal, { ...at, base });
    for (const connection of made.connections) await deleteConnection(app, principal, { ...at, connection });
    throw error;
  }
  return made.workflows;
}

/** The content under names that nothing in the project has; what refers to them follows. */
function underFreeNames(
  content: AddedContent,
  taken: { workflows: string[]; bases: string[]; connections: string[] },
): AddedContent {
  const names = new Set(taken.workflows);
  const workflowNames = new Map(
    content.workflows.map(({ name }) => {
      const free = freeName(name, names);
      names.add(free);
      return [name, free];
    }),
  );
  const numbered = (all: readonly { name: string }[], used: readonly string[]) =>
    new Map(all.map(({ name }) => [name, freeNumbered(name, used)]));
  const baseNames = numbered(content.knowledge, taken.bases);
  const connectionNames = numbered(content.connections, taken.connections);
  const workflowName = (name: string): string => workflowNames.get(name) ?? name;
  return {
    ...content,
    connections: content.connections.map((one) => ({ ...one, name: connectionNames.get(one.name)! })),
    knowledge: content.knowledge.map((base) => ({ ...base, name: baseNames.get(base.name)! })),
    triggers: content.triggers.map((one) => ({ ...one, workflow: workflowName(one.workflow) })),
    tests: content.tests.map((one) => ({ ...one, workflow: workflowName(one.workflow) })),
    workflows: content.workflows.map(({ name, document }) => ({
      name: workflowName(name),
      document: {
        ...replaceReferences(document, kinds, {
          connection: (value) => connectionNames.get(value) ?? '',
          'knowledge-base': (value) => baseNames.get(value) ?? '',
          workflow: (value) => workflowNames.get(value) ?? '',
        }),
        name: workflowName(name),
      },
    })),
  };
}

/** `Handbook`, `Handbook 2` */
function freeNumbered(name: string, taken: readonly string[]): string {
  for (let number = 1; ; number += 1) {
    const free = number === 1 ? name : `${name} ${number}`;
    if (!taken.includes(free)) return free;
  }
}
