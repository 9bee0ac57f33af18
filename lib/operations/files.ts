import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FileHandle, FilesCapability } from '#lib/engine/capabilities.ts';
import { StepError } from '#lib/engine/errors.ts';

const KEY = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Where documents and big values lie. A project reaches its own files and no others. */
export interface FileStore {
  /** What a project's nodes and uploads may do. Handles of other projects are "not found". */
  of(projectId: string): FilesCapability & { remove(file: string): Promise<void> };
  /** Deletes all files of a project. */
  removeProject(projectId: string): Promise<void>;
}

/** A folder of files, named by chance and never by what a user called them. */
export function createFileStore(folder: string): FileStore {
  return {
    of(projectId) {
      const pathOf = (key: string) => {
        if (!KEY.test(key)) throw new StepError('FILE_NOT_FOUND', 'There is no such file.');
        return join(folder, projectId, key.slice(0, 2), key);
      };
      return {
        async put({ name, mimeType, data }): Promise<FileHandle> {
          const key = randomUUID();
          await writeDurably(pathOf(key), data);
          return { file: key, mimeType, name, bytes: data.byteLength };
        },
        async get(handle) {
          try {
            return await readFile(pathOf(handle.file));
          } catch (cause) {
            if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
            throw new StepError('FILE_NOT_FOUND', `The file "${handle.name}" is not there any more.`, {
              cause,
            });
          }
        },
        async remove(file) {
          await rm(pathOf(file), { force: true });
        },
      };
    },
    async removeProject(projectId) {
      await rm(join(folder, projectId), { recursive: true, force: true });
    },
  };
}

/** Complete and on disk before it has its name: a crash leaves no half file. */
async function writeDurably(path: string, data: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.part`;
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(data);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}
