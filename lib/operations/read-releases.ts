import type { Principal } from '#lib/db/principal.ts';
import type { Release } from '#lib/db/releases.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { findProject } from './find-project.ts';

/** A release as it is shown in lists. */
export interface ReleaseLine {
  release: number;
  at: string;
  by: string | null;
  reason: Release['reason'];
  /** Name of the workflow that it was made for; null when that is no longer there. */
  workflow: string | null;
  /** Workflows that it had. */
  workflows: number;
  /** Those among them that were deleted since, so that its own address does not serve them any more. */
  deleted: number;
  /** Its own address. */
  mcpUrl: string;
}

/** Releases of a project, newest first; those before the release `before`. */
export async function listReleases(
  app: App,
  principal: Principal,
  slug: string,
  page: { before?: number | undefined; limit?: number | undefined } = {},
): Promise<ReleaseLine[]> {
  const project = await findProject(app, principal, slug);
  const repo = repository(app.db, principal);
  const [releases, workflows] = await Promise.all([
    repo.releases.list(project.id, {
      ...(page.before !== undefined && { before: page.before }),
      ...(page.limit !== undefined && { limit: page.limit }),
    }),
    repo.workflows.list(project.id),
  ]);
  const names = new Map(workflows.map(({ id, name }) => [id, name]));
  return releases.map(({ number, at, by, reason, workflowId, versions }) => ({
    release: number,
    at: at.toISOString(),
    by,
    reason,
    workflow: (workflowId === null ? undefined : names.get(workflowId)) ?? null,
    workflows: versions.length,
    deleted: versions.filter((version) => !names.has(version.workflowId)).length,
    mcpUrl: `${app.env.publicUrl}/mcp/${project.slug}@${number}`,
  }));
}
