import { repository } from '#lib/db/repository.ts';
import { createApp } from '#lib/operations/app.ts';
import { createKey } from '#lib/operations/create-key.ts';
import { readDiskFolder } from '#lib/operations/disk-folder.ts';
import { parseEnv } from '#lib/operations/env.ts';
import { importProject } from '#lib/operations/import-project.ts';
import { publishAll } from '#lib/operations/publish-all.ts';
import { updateProject } from '#lib/operations/update-project.ts';
import { BENCH_FOLDER } from './workloads.ts';

export interface Seeded {
  slug: string;
  key: string;
}

/** Fills a data folder with the bench project, published and behind a key. */
export async function seed(dataDir: string, upstreamUrl: string): Promise<Seeded> {
  const app = await createApp(parseEnv({ DATA_DIR: dataDir, LOG_LEVEL: 'warn' }));
  try {
    const organization = await repository(app.db, { type: 'system' }).members.defaultOrganization();
    const owner = {
      type: 'user',
      userId: 'bench',
      organizationId: organization.id,
      role: 'owner',
    } as const;
    const { slug } = await importProject(app, owner, { folder: await readDiskFolder(BENCH_FOLDER) });
    await updateProject(app, owner, slug, { access: 'key', env: { UPSTREAM: upstreamUrl } });
    await publishAll(app, owner, slug);
    const { secret } = await createKey(app, owner, slug, { name: 'bench' });
    return { slug, key: secret };
  } finally {
    await app.close();
  }
}
