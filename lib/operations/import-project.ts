import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import { kinds } from '#lib/nodes/index.ts';
import { MOST_DOCUMENT_BYTES } from '#lib/workflow/document-formats.ts';
import type { App } from './app.ts';
import { type CronTimes, nextTime } from './cron.ts';
import { insideProject } from './enter-project.ts';
import { fillProject } from './fill-project.ts';
import { type Folder, type ProjectContent, readFolder } from './project-folder.ts';
import { type ProjectView, projectView } from './read-projects.ts';
import { mayEdit } from './roles.ts';
import { structuralFaults } from './structural-faults.ts';

export interface ImportProject {
  folder: Folder;
  /** Another address than the folder says. */
  slug?: string | undefined;
  /** For the system, which belongs to none. */
  organizationId?: string | undefined;
}

/**
 * Makes a project from a folder. Nothing in it is run, published or trusted: its connections have no secrets, its
 * workflows are drafts, its webhooks are switched off until somebody makes them a secret. Throws `invalid` with the list of what is wrong, `conflict` when the address is taken; then
 * nothing was made.
 */
export async function importProject(
  app: App,
  principal: Principal,
  input: ImportProject,
): Promise<ProjectView> {
  mayEdit(principal, 'import a project');
  const content = readFolder(input.folder, kinds);
  checkDocuments(content);
  const { projects } = repository(app.db, principal);
  const { name, instructions, access, env, concurrency, icon, resultBudget, viewerCalls } = content;
  const slug = input.slug ?? content.slug;
  const project = await projects.create(
    { name, slug, instructions, access, env, concurrency, icon, resultBudget, viewerCalls },
    input.organizationId,
  );
  try {
    const inside = await insideProject(app, principal, project.slug);
    await fillProject(app, inside, project, content);
    const { toolsets } = repository(app.db, inside);
    for (const toolset of content.toolsets) await toolsets.create(project.id, toolset);
  } catch (error) {
    await repository(app.db, { type: 'system' }).projects.remove(project.id);
    await app.files.removeProject(project.id);
    throw error;
  }
  app.events.publish('project.changed', { projectId: project.id, slug: project.slug });
  return projectView(app, (await projects.get(project.id)) ?? project);
}

/** What `putDocument` would refuse one by one, said at once and before anything is made. */
function checkDocuments(content: ProjectContent): void {
  const faults: string[] = [];
  for (const { name, document } of content.workflows) {
    if (document.name !== name)
      faults.push(`workflows/${name}.json: its name is "${document.name}", not the file's`);
    faults.push(...structuralFaults(document).map((message) => `workflows/${name}.json: ${message}`));
  }
  for (const trigger of content.triggers) {
    const fault = trigger.type === 'schedule' ? timesFault(trigger) : null;
    if (fault) faults.push(`project.yaml: trigger "${trigger.name}": ${fault}`);
  }
  for (const base of content.knowledge) {
    for (const { name, data } of base.documents) {
      if (data.byteLength > MOST_DOCUMENT_BYTES) faults.push(`knowledge/${name}: larger than 25 MB`);
    }
  }
  if (faults.length === 0) return;
  throw new AppError(
    'invalid',
    `This folder cannot be imported:\n${faults.map((fault) => `- ${fault}`).join('\n')}`,
    {
      faults,
    },
  );
}

function timesFault(times: CronTimes): string | null {
  try {
    nextTime(times, new Date());
    return null;
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
}
