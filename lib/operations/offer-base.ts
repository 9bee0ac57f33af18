import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { findProject } from './find-project.ts';
import { OFFERED_CHANGED } from './offered.ts';
import { type BaseView, baseView } from './read-knowledge.ts';

/** Offers the documents of a knowledge base as resources of the MCP server, or no longer. */
export async function offerBase(
  app: App,
  principal: Principal,
  at: { project: string; base: string },
  { offered }: { offered: boolean },
): Promise<BaseView> {
  const { id } = await findProject(app, principal, at.project);
  const base = await repository(app.db, principal).knowledge.setOffered(id, at.base, offered);
  app.events.publish('project.changed', { projectId: id });
  app.events.publish(OFFERED_CHANGED, { projectId: id });
  return baseView(base);
}
