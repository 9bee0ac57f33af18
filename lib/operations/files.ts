import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FileHandle, FilesCapability } from '#lib/engine/capabilities.ts';
import { StepError } from '#lib/engine/errors.ts';

const KEY = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Where documents and big values lie. A project reaches its own files and no others. */
export interface FileStore {
  /** What a project's nodes and uploads may do. Handles of other projects are "not found". */
  of(projectId: string): ProjectFiles;
  /** The files of documents, project by project, that were written before this moment. */
  documentsBefore(moment: Date): AsyncGenerator<{ projectId: string; files: string[] }>;
  /** Deletes all files of a project. */
  removeProject(projectId: string): Promise<void>;
}

export interface ProjectFiles extends FilesCapability {
  /** As `put`, for the file of a document: it goes away when no document refers to it. */
  putDocument: FilesCapability['put'];
  remove(file: string): Promise<void>;
}

/** The folder of a project in which the files of its documents lie. Those of before lie among the others. */
const DOCUMENTS = 'documents';

/** A folder of files, named by chance and never by what a user called them. */
export function createFileStore(folder: string): FileStore {
  return {
    of(projectId) {
      const pathsOf = (key: string): [plain: string, document: string] => {
        if (!KEY.test(key)) throw new StepError('FILE_NOT_FOUND', 'There is no such file.');
        const end = join(key.slice(0, 2), key);
        return [join(folder, projectId, end), join(folder, projectId, DOCUMENTS, end)];
      };
      const put = async (place: 0 | 1, { name, mimeType, data }: NewFile): Promise<FileHandle> => {
        const key = randomUUID();
        await writeDurably(pathsOf(key)[place], data);
        return { file: key, mimeType, name, bytes: data.byteLength };
      };
      return {
        put: (file) => put(0, file),
        putDocument: (file) => put(1, file),
        async get(handle) {
          for (const path of pathsOf(handle.file)) {
            try {
              return await readFile(path);
            } catch (error) {
              if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
            }
          }
          throw new StepError('FILE_NOT_FOUND', `The file "${handle.name}" is not there any more.`);
        },
        async remove(file) {
          for (const path of pathsOf(file)) await rm(path, { force: true });
        },
      };
    },
    async *documentsBefore(moment) {
      for (const projectId of await namesIn(folder)) {
        const documents = join(folder, projectId, DOCUMENTS);
        for (const part of await namesIn(documents)) {
          const files: string[] = [];
          for (const name of await namesIn(join(documents, part))) {
            // A draft that was never finished has its key before the ending.
            const written = await stat(join(documents, part, name)).catch(() => null);
            if (!written || written.mtime >= moment) continue;
            if (KEY.test(name)) files.push(name);
            else if (name.endsWith('.part')) await rm(join(documents, part, name), { force: true });
          }
          if (files.length > 0) yield { projectId, files };
        }
      }
    },
    async removeProject(projectId) {
      await rm(join(folder, projectId), { recursive: true, force: true });
    },
  };
}

type NewFile = Parameters<FilesCapability['put']>[0];

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
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
