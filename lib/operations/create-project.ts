import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { slugOf } from './names.ts';
import { type ProjectView, projectView } from './read-projects.ts';

/**
 * Makes a project. Without a slug one is made from the name, with a number behind it where it is taken.
 * Throws `conflict` when the slug given is taken.
 */
export async function createProject(
  app: App,
  principal: Principal,
  input: { name: string; slug?: string | undefined },
): Promise<ProjectView> {
  const { projects } = repository(app.db, principal);
  if (input.slug) return projectView(app, await projects.create({ name: input.name, slug: input.slug }));
  const wanted = slugOf(input.name);
  for (let count = 1; ; count += 1) {
    const slug = count === 1 ? wanted : `${wanted.slice(0, 35)}-${count}`;
    try {
      return projectView(app, await projects.create({ name: input.name, slug }));
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'conflict') || count >= 100) throw error;
    }
  }
}
