import { JOB_ADDED } from '#lib/db/jobs.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { findProject } from './find-project.ts';
import { OFFERED_CHANGED } from './offered.ts';
import { type BaseView, baseView } from './read-knowledge.ts';

export interface BasePatch {
  name?: string | undefined;
  /** Its documents are resources of the MCP server. */
  offered?: boolean | undefined;
  language?: string | undefined;
  chunkSize?: number | undefined;
  chunkOverlap?: number | undefined;
}

/**
 * Changes a knowledge base. With other sizes of passages or another language its documents are read again in the
 * background; until each is, its passages of before are searched. Throws `conflict` for a name that is taken.
 */
export async function updateBase(
  app: App,
  principal: Principal,
  at: { project: string; base: string },
  patch: BasePatch,
): Promise<BaseView> {
  const { id } = await findProject(app, principal, at.project);
  const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
  const { base, before, reread } = await repository(app.db, principal).knowledge.update(id, at.base, given);
  app.events.publish('project.changed', { projectId: id });
  if (base.offered !== before.offered || (base.offered && base.name !== before.name)) {
    app.events.publish(OFFERED_CHANGED, { projectId: id });
  }
  if (reread) app.events.publish(JOB_ADDED, null);
  return baseView(base);
}
