import type { Access } from '#lib/db/access-mode.ts';
import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { slugOf } from './names.ts';
import { type ProjectView, projectView } from './read-projects.ts';

/** Where nothing else is said: people sign in, and API keys work as well. */
const USUAL: Access = 'oauth';

/**
 * Makes a project. Without a slug one is made from the name, with a number behind it where it is taken.
 * Throws `conflict` when the slug given is taken.
 */
export async function createProject(
  app: App,
  principal: Principal,
  input: { name: string; slug?: string | undefined; access?: Access | undefined },
): Promise<ProjectView> {
  const { projects } = repository(app.db, principal);
  const create = async (slug: string) => {
    const project = await projects.create({ name: input.name, slug, access: input.access ?? USUAL });
    // Somebody may have asked for the address before.
    app.events.publish('project.changed', { projectId: project.id, slug });
    return projectView(app, project);
  };
  if (input.slug) return create(input.slug);
  const wanted = slugOf(input.name);
  for (let count = 1; ; count += 1) {
    const slug = count === 1 ? wanted : `${wanted.slice(0, 35)}-${count}`;
    try {
      return await create(slug);
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'conflict') || count >= 100) throw error;
    }
  }
}
