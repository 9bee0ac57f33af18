import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { readDiskFolder } from './disk-folder.ts';
import { importProject } from './import-project.ts';
import { publishAll } from './publish-all.ts';

const STARTER = join(fileURLToPath(new URL('../../examples/starter', import.meta.url)));

/** Gives a new organization a project that works, with its tools live, so that there is something to look at. */
export async function importStarter(app: App, organizationId: string): Promise<void> {
  const folder = await readDiskFolder(STARTER);
  const project = await importProject(app, { type: 'system' }, { folder, organizationId });
  await publishAll(app, { type: 'system' }, project.slug);
  await repository(app.db, { type: 'system' }).audit.append(
    {
      action: 'project.import',
      target: `project:${project.id}`,
      details: { slug: project.slug, starter: true },
    },
    organizationId,
  );
}
