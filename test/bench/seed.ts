import { repository } from '#lib/db/repository.ts';
import { type App, createApp } from '#lib/operations/app.ts';
import { createKey } from '#lib/operations/create-key.ts';
import { readDiskFolder } from '#lib/operations/disk-folder.ts';
import { parseEnv } from '#lib/operations/env.ts';
import { importProject } from '#lib/operations/import-project.ts';
import { changeLimits } from '#lib/operations/limits.ts';
import type { Folder } from '#lib/operations/project-folder.ts';
import { publishAll } from '#lib/operations/publish-all.ts';
import { updateProject } from '#lib/operations/update-project.ts';
import { BENCH_FOLDER, MANY, manyName } from './workloads.ts';

/** A project behind a key. */
export interface Seeded {
  slug: string;
  keys: string[];
}

/** Fills the database that `env` names with the bench project, published and behind that many keys. */
export async function seed(
  env: Record<string, string>,
  { upstreamUrl, keys }: { upstreamUrl: string; keys: number },
): Promise<Seeded> {
  return seeded(env, { folder: await readDiskFolder(BENCH_FOLDER), keys, upstreamUrl });
}

/** The same with a project of MANY tools, each of them `echo` under another name. */
export async function seedMany(env: Record<string, string>): Promise<Seeded> {
  const disk = await readDiskFolder(BENCH_FOLDER);
  const echo = JSON.parse(Buffer.from(disk.get('workflows/echo.json')!).toString());
  const project = Buffer.from(disk.get('project.yaml')!).toString().replace('slug: bench', 'slug: many');
  const folder: Folder = new Map([['project.yaml', Buffer.from(project)]]);
  for (let n = 0; n < MANY; n++) {
    const name = manyName(n);
    folder.set(`workflows/${name}.json`, Buffer.from(JSON.stringify({ ...echo, name, description: 'Echo' })));
  }
  return seeded(env, { folder, keys: 1, upstreamUrl: 'http://127.0.0.1' });
}

async function seeded(
  env: Record<string, string>,
  { folder, keys, upstreamUrl }: { folder: Folder; keys: number; upstreamUrl: string },
): Promise<Seeded> {
  const app: App = await createApp(parseEnv({ ...env, LOG_LEVEL: 'warn' }));
  try {
    const { id: organizationId } = await repository(app.db, { type: 'system' }).members.defaultOrganization();
    const owner = {
      type: 'user',
      userId: 'bench',
      organizationId,
      role: 'owner',
    } as const;
    const { slug } = await importProject(app, { type: 'system' }, { folder, organizationId });
    await updateProject(app, owner, slug, { access: 'key', env: { UPSTREAM: upstreamUrl } });
    // Every call is counted, and none is refused.
    const plenty = { perMinute: 10_000_000, burst: 10_000_000 };
    await changeLimits(app, owner, slug, { key: plenty, project: plenty });
    await publishAll(app, owner, slug, { despiteTexts: true });
    const secrets: string[] = [];
    for (let n = 0; n < keys; n++) {
      secrets.push((await createKey(app, owner, slug, { name: `bench ${n}` })).secret);
    }
    return { slug, keys: secrets };
  } finally {
    await app.close();
  }
}
