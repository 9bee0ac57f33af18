import { lstat, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { AppError } from '#lib/db/app-error.ts';
import type { Folder } from './project-folder.ts';

const MOST_BYTES = 512 * 1024 * 1024;

/**
 * Reads a project's folder from disk. Hidden files are left out; links are refused, as they may lead anywhere.
 * Throws `not_found` where there is no folder, `invalid` for a link, `too_large` past 512 MB.
 */
export async function readDiskFolder(root: string): Promise<Folder> {
  const folder: Folder = new Map();
  let bytes = 0;
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => {
    throw new AppError('not_found', `There is no folder ${root}.`);
  });
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(root, path).split(sep).join('/');
    if (name.split('/').some((part) => part.startsWith('.'))) continue;
    if (entry.isSymbolicLink())
      throw new AppError('invalid', `${name} is a link; a project has plain files only.`);
    if (!entry.isFile()) continue;
    bytes += (await lstat(path)).size;
    if (bytes > MOST_BYTES) throw new AppError('too_large', 'The folder is larger than 512 MB.');
    folder.set(name, await readFile(path));
  }
  return folder;
}

/** Writes a project's folder to disk. Throws `conflict` when the folder is there and is not empty. */
export async function writeDiskFolder(root: string, folder: Folder): Promise<void> {
  const present = await readdir(root).catch(() => []);
  if (present.length > 0) throw new AppError('conflict', `${root} is not empty; name a new folder.`);
  for (const [name, data] of folder) {
    const path = join(root, ...name.split('/'));
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, data);
  }
}
