import type { Principal } from '#lib/db/principal.ts';
import type { ProjectPerson, ProjectRole } from '#lib/db/project-people.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { findProject } from './find-project.ts';
import { tellAccess } from './tell-access.ts';

export interface ProjectPeople {
  private: boolean;
  people: ProjectPerson[];
}

/** Who may do what in a project, by name. */
export async function readPeople(app: App, principal: Principal, slug: string): Promise<ProjectPeople> {
  const project = await findProject(app, principal, slug);
  const people = await repository(app.db, principal).people.list(project.id);
  return { private: project.private, people };
}

/** Gives a member of the organization a role of their own in the project. Administrators of the project only. */
export async function givePerson(
  app: App,
  principal: Principal,
  { project, user, role }: { project: string; user: string; role: ProjectRole },
): Promise<ProjectPeople> {
  const { id } = await findProject(app, principal, project);
  await repository(app.db, principal).people.set(id, user, role);
  await tellAccess(app, { userId: user, projectId: id });
  return readPeople(app, principal, project);
}

/** Takes that role from them again: the organization's counts. */
export async function takePerson(
  app: App,
  principal: Principal,
  { project, user }: { project: string; user: string },
): Promise<void> {
  const { id } = await findProject(app, principal, project);
  await repository(app.db, principal).people.remove(id, user);
  await tellAccess(app, { userId: user, projectId: id });
}

/** Whether only those see the project who have a role in it. Administrators of the project only. */
export async function setPrivate(
  app: App,
  principal: Principal,
  { project, isPrivate }: { project: string; isPrivate: boolean },
): Promise<ProjectPeople> {
  const { id } = await findProject(app, principal, project);
  await repository(app.db, principal).people.setPrivate(id, isPrivate);
  await tellAccess(app, { projectId: id });
  return readPeople(app, principal, project);
}
