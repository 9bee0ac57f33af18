import type { Access, ViewerCalls } from '#lib/db/access-mode.ts';
import type { Principal, Role } from '#lib/db/principal.ts';
import type { Project } from '#lib/db/projects.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { findProject } from './find-project.ts';

/** A project as people see it. */
export interface ProjectView {
  id: string;
  slug: string;
  name: string;
  instructions: string;
  access: Access;
  env: Record<string, string>;
  /** Background runs at one time. */
  concurrency: number;
  /** What clients show beside the name: a data: or https: address of an image, or ''. */
  icon: string;
  /** Characters of a tool's result that are sent at once. */
  resultBudget: number;
  /** What members may call who only view. */
  viewerCalls: ViewerCalls;
  /** Seen by who has a role in it and by administrators of the organization only. */
  private: boolean;
  /** What whoever asks may do in it. */
  role: Role;
  organizationId: string;
  release: number;
  workflowCount: number;
  /** Where MCP clients connect. */
  mcpUrl: string;
  updatedAt: string;
}

/** Projects of the organization, by name. */
export async function listProjects(app: App, principal: Principal): Promise<ProjectView[]> {
  const projects = await repository(app.db, principal).projects.list();
  return projects.map((project) => projectView(app, project));
}

export async function getProject(app: App, principal: Principal, slug: string): Promise<ProjectView> {
  return projectView(app, await findProject(app, principal, slug));
}

export function projectView(app: App, project: Project): ProjectView {
  const { id, slug, name, instructions, access, env, concurrency, icon, resultBudget } = project;
  const { viewerCalls, role, organizationId, release, workflowCount, updatedAt } = project;
  return {
    id,
    slug,
    name,
    instructions,
    access,
    env,
    concurrency,
    icon,
    resultBudget,
    viewerCalls,
    private: project.private,
    role,
    organizationId,
    release,
    workflowCount,
    mcpUrl: `${app.env.publicUrl}/mcp/${slug}`,
    updatedAt: updatedAt.toISOString(),
  };
}
