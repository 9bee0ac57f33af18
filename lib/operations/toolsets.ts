import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { NewToolset, Toolset, ToolsetPatch } from '#lib/db/toolsets.ts';
import type { App } from './app.ts';
import { findProject } from './find-project.ts';
import { resourceOf } from './protected-resource.ts';

/** A toolset as people see it. */
export interface ToolsetView extends Omit<Toolset, 'updatedAt'> {
  /** Where MCP clients connect. */
  mcpUrl: string;
  /** Names of the keys that are for it, and would be good for less without it. */
  keys: string[];
  updatedAt: string;
}

/** Toolsets of a project, by name. */
export async function listToolsets(app: App, principal: Principal, slug: string): Promise<ToolsetView[]> {
  const project = await findProject(app, principal, slug);
  const { toolsets, keys } = repository(app.db, principal);
  const [all, keysOfAll] = await Promise.all([toolsets.list(project.id), keys.list(project.id)]);
  return all.map((toolset) => {
    const bound = keysOfAll.filter((key) => key.toolsets?.includes(toolset.id));
    return { ...viewOf(app, slug, toolset), keys: bound.map(({ name }) => name) };
  });
}

/** Its address answers from the next request on. */
export async function createToolset(
  app: App,
  principal: Principal,
  slug: string,
  input: NewToolset,
): Promise<ToolsetView> {
  const { id } = await findProject(app, principal, slug);
  const toolset = await repository(app.db, principal).toolsets.create(id, input);
  app.events.publish('project.changed', { projectId: id, slug });
  return viewOf(app, slug, toolset);
}

/** With another name the old address answers like one that never was, and who signed in there signs in again. */
export async function updateToolset(
  app: App,
  principal: Principal,
  at: { project: string; toolset: string },
  input: ToolsetPatch,
): Promise<ToolsetView> {
  const { id } = await findProject(app, principal, at.project);
  const toolset = await repository(app.db, principal).toolsets.update(id, at.toolset, input);
  app.events.publish('project.changed', { projectId: id, slug: at.project });
  const [view] = (await listToolsets(app, principal, at.project)).filter((one) => one.id === toolset.id);
  return view ?? viewOf(app, at.project, toolset);
}

/** The address is gone at once, and with it whoever was let in there; streams that are open at it end. */
export async function deleteToolset(
  app: App,
  principal: Principal,
  at: { project: string; toolset: string },
): Promise<void> {
  const { id } = await findProject(app, principal, at.project);
  await repository(app.db, principal).toolsets.remove(id, at.toolset);
  app.events.publish('project.changed', { projectId: id, slug: at.project });
}

function viewOf(app: App, slug: string, { updatedAt, ...toolset }: Toolset): ToolsetView {
  return {
    ...toolset,
    mcpUrl: resourceOf({ slug, toolset }, app.env.publicUrl),
    keys: [],
    updatedAt: updatedAt.toISOString(),
  };
}
