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
  /** What it changed, by the names of the workflows: `find_order v2 → v3`. */
  changes: string[];
  /** Whether it serves what is live now. */
  live: boolean;
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
  const limit = page.limit ?? 50;
  const [releases, workflows] = await Promise.all([
    // And the one before the oldest, to say what that changed.
    repo.releases.list(project.id, {
      ...(page.before !== undefined && { before: page.before }),
      limit: limit + 1,
    }),
    repo.workflows.list(project.id),
  ]);
  const names = new Map(workflows.map(({ id, name }) => [id, name]));
  const ids = new Set(releases.flatMap(({ versions }) => versions.map(({ versionId }) => versionId)));
  const numbers = await repo.versions.numbers(project.id, [...ids]);
  return releases.slice(0, limit).map(({ number, at, by, reason, workflowId, versions }, index) => ({
    release: number,
    at: at.toISOString(),
    by,
    reason,
    changes: changesOf(releases[index + 1]?.versions ?? [], versions, { names, numbers }),
    live: number === project.release,
    workflow: (workflowId === null ? undefined : names.get(workflowId)) ?? null,
    workflows: versions.length,
    deleted: versions.filter((version) => !names.has(version.workflowId)).length,
    mcpUrl: `${app.env.publicUrl}/mcp/${project.slug}@${number}`,
  }));
}

type Served = Release['versions'];

/** What is served after, and was not before; and what is no longer. By name: ids come in any order. */
function changesOf(
  before: Served,
  after: Served,
  { names, numbers }: { names: ReadonlyMap<string, string>; numbers: ReadonlyMap<string, number> },
): string[] {
  const [was, is] = [before, after].map(
    (served) => new Map(served.map(({ workflowId, versionId }) => [workflowId, versionId])),
  ) as [Map<string, string>, Map<string, string>];
  const version = (id: string): string => (numbers.has(id) ? `v${numbers.get(id)}` : 'a deleted version');
  return [...new Set([...was.keys(), ...is.keys()])]
    .map((workflow) => ({ workflow, name: names.get(workflow) ?? 'a deleted workflow' }))
    .sort((one, other) => (one.name < other.name ? -1 : Number(one.name > other.name)))
    .flatMap(({ workflow, name }) => {
      const [from, to] = [was.get(workflow), is.get(workflow)];
      if (from === to) return [];
      if (from === undefined) return [`${name} ${version(to!)}`];
      return [to === undefined ? `${name} no longer` : `${name} ${version(from)} → ${version(to)}`];
    });
}
