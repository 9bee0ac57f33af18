import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import type { Project } from '#lib/db/projects.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';

/** The project at this slug, as far as the principal can see it. Throws `not_found`, also for a foreign one. */
export async function findProject(app: App, principal: Principal, slug: string): Promise<Project> {
  const project = await repository(app.db, principal).projects.bySlug(slug);
  if (!project) throw new AppError('not_found', 'There is no such project.');
  return project;
}
