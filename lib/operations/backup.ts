import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { AppError } from '#lib/db/app-error.ts';
import { openDatabase } from '#lib/db/client.ts';
import type { App } from './app.ts';
import { readTar, type TarEntry, writeTar } from './tar.ts';

const DATABASE = 'patchbay.db';
const ENTRY = /^(patchbay\.db|files\/[\w-]{1,64}\/(documents\/)?[0-9a-f]{2}\/[0-9a-f-]{36})$/;

/**
 * Writes a consistent copy of the database and all files to one archive (.tar.gz), while the server runs. Not in it:
 * the encryption key, without which the copy gives away no stored credential. SQLite only; throws for PostgreSQL.
 */
export async function backup(app: App, toPath: string): Promise<{ bytes: number; files: number }> {
  if (existsSync(toPath)) throw new AppError('conflict', `${toPath} exists already; name a new file.`);
  const { dataDir } = app.env;
  const folder = await mkdtemp(join(dataDir, 'backup-'));
  const draft = `${resolve(toPath)}.part`;
  let files = 0;
  try {
    const copy = join(folder, DATABASE);
    // The database first: a file it names is there until somebody deletes it, and one added since is merely extra.
    await app.db.backup(copy);
    const entries = async function* (): AsyncGenerator<TarEntry> {
      yield await entryOf(DATABASE, copy);
      const root = join(dataDir, 'files');
      for (const entry of await readdir(root, { recursive: true, withFileTypes: true }).catch(() => [])) {
        const path = join(entry.parentPath, entry.name);
        const name = `files/${relative(root, path).split(sep).join('/')}`;
        if (!entry.isFile() || !ENTRY.test(name)) continue;
        files += 1;
        yield await entryOf(name, path);
      }
    };
    await mkdir(dirname(draft), { recursive: true });
    await pipeline(
      Readable.from(writeTar(entries())),
      createGzip(),
      createWriteStream(draft, { mode: 0o600, flush: true }),
    );
    await rename(draft, toPath);
    return { bytes: (await stat(toPath)).size, files };
  } finally {
    await rm(folder, { recursive: true, force: true });
    await rm(draft, { force: true });
  }
}

async function entryOf(name: string, path: string): Promise<TarEntry> {
  const { size } = await stat(path);
  return { name, size, data: createReadStream(path) };
}

/**
 * Puts a backup into an empty data folder. Throws `conflict` where a database is there already: it never overwrites
 * one; `invalid` for a file that is no backup, and then leaves the folder as it was.
 */
export async function restore(dataDir: string, fromPath: string): Promise<{ files: number }> {
  if (!existsSync(fromPath)) throw new AppError('not_found', `There is no file ${fromPath}.`);
  const target = join(dataDir, DATABASE);
  if (existsSync(target)) {
    throw new AppError(
      'conflict',
      `${target} exists. Stop the server and move the folder away, or set DATA_DIR to a new one.`,
    );
  }
  await mkdir(dataDir, { recursive: true });
  const folder = await mkdtemp(join(dataDir, 'restore-'));
  let files = 0;
  try {
    const source = createReadStream(fromPath).pipe(createGunzip());
    for await (const { name, data } of readTar(source)) {
      if (!ENTRY.test(name))
        throw new AppError('invalid', `The backup holds a file that does not belong there: ${name}`);
      const path = join(folder, ...name.split('/'));
      await mkdir(dirname(path), { recursive: true });
      await pipeline(Readable.from(data), createWriteStream(path, { mode: 0o600, flush: true }));
      if (name !== DATABASE) files += 1;
    }
    // Opens it as the server would, and so brings an older one up to date before it counts as restored.
    const database = await openDatabase(`file:${join(folder, DATABASE)}`);
    await database.ping();
    await database.close();
    if (existsSync(join(folder, 'files'))) await rename(join(folder, 'files'), join(dataDir, 'files'));
    await rename(join(folder, DATABASE), target);
    return { files };
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('invalid', `${fromPath} is not a backup of Patchbay: ${(error as Error).message}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
