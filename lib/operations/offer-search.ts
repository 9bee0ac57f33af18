import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { createWorkflow } from './create-workflow.ts';
import { deleteWorkflow } from './delete-workflow.ts';
import { findProject } from './find-project.ts';
import { mayEdit } from './roles.ts';
import { searchPair } from './search-pair.ts';

/**
 * Makes the tools `search` and `fetch` over knowledge bases, as drafts: two workflows like any other, in the shape that
 * ChatGPT asks for. Throws `not_found` for a base that the project does not have, `conflict` when it has a workflow of one
 * of the names.
 */
export async function offerSearch(
  app: App,
  principal: Principal,
  project: string,
  bases: readonly string[],
): Promise<{ id: string; name: string }[]> {
  mayEdit(principal, 'make workflows');
  const { id: projectId } = await findProject(app, principal, project);
  const repo = repository(app.db, principal);
  const known = (await repo.knowledge.list(projectId)).filter(({ id }) => bases.includes(id));
  const chosen = [...new Set(bases)].map((id) => known.find((base) => base.id === id));
  if (!chosen.every((base) => base !== undefined)) {
    throw new AppError('not_found', 'There is no such knowledge base.');
  }
  const taken = (await repo.workflows.list(projectId)).find(({ name }) => ['search', 'fetch'].includes(name));
  if (taken) {
    throw new AppError(
      'conflict',
      `This project has a workflow "${taken.name}" already, and clients look for the names search and fetch. Rename or delete it first.`,
    );
  }
  const names = chosen.map(({ name }) => name);
  const about = `the documents of ${names.length === 1 ? `"${names[0]}"` : names.map((name) => `"${name}"`).join(', ')}`;
  const { search, fetch } = searchPair(
    chosen.map(({ id }) => id),
    about,
  );
  const made: { id: string; name: string }[] = [];
  try {
    for (const document of [search, fetch]) {
      const { id, name } = await createWorkflow(app, principal, project, {
        name: document.name,
        title: document.title,
        document,
      });
      made.push({ id, name });
    }
  } catch (error) {
    for (const { id } of made) await deleteWorkflow(app, principal, { project, workflow: id });
    throw error;
  }
  return made;
}
