import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { findProject } from './find-project.ts';
import { type BaseView, baseView } from './read-knowledge.ts';

/** Makes a knowledge base. Throws `conflict` when the project has one of this name. */
export async function createBase(
  app: App,
  principal: Principal,
  project: string,
  input: { name: string },
): Promise<BaseView> {
  const { id } = await findProject(app, principal, project);
  return baseView(await repository(app.db, principal).knowledge.create(id, input));
}
