import type { PromiseFsClient } from 'isomorphic-git';

/** Files that exist in memory alone: whoever unpacks a stranger's repository writes nothing to a disk. */
export function memoryFiles(): PromiseFsClient {
  const files = new Map<string, Uint8Array>();
  const folders = new Set<string>(['/']);

  const nameOf = (path: string) => `/${path.split('/').filter(Boolean).join('/')}`;
  const isFolder = (name: string) => folders.has(name);
  const missing = (name: string) => Object.assign(new Error(`There is no ${name}.`), { code: 'ENOENT' });

  function about(path: string) {
    const name = nameOf(path);
    const data = files.get(name);
    if (!data && !isFolder(name)) throw missing(name);
    const kind = data ? 'file' : 'folder';
    return {
      ...{ size: data?.byteLength ?? 0, mode: data ? 0o100644 : 0o040000, mtimeMs: 0, ctimeMs: 0 },
      ...{ dev: 0, ino: 0, uid: 0, gid: 0 },
      isFile: () => kind === 'file',
      isDirectory: () => kind === 'folder',
      isSymbolicLink: () => false,
    };
  }

  function makeFolders(name: string): void {
    for (let end = name.indexOf('/', 1); end > 0; end = name.indexOf('/', end + 1))
      folders.add(name.slice(0, end));
  }

  return {
    promises: {
      async readFile(path: string, options?: string | { encoding?: string }) {
        const data = files.get(nameOf(path));
        if (!data) throw missing(path);
        const encoding = typeof options === 'string' ? options : options?.encoding;
        return encoding ? Buffer.from(data).toString('utf8') : data;
      },
      async writeFile(path: string, data: string | Uint8Array) {
        const name = nameOf(path);
        makeFolders(name);
        files.set(name, typeof data === 'string' ? Buffer.from(data) : data);
      },
      async unlink(path: string) {
        if (!files.delete(nameOf(path))) throw missing(path);
      },
      async readdir(path: string) {
        const name = nameOf(path);
        if (!isFolder(name)) throw missing(name);
        const start = name === '/' ? '/' : `${name}/`;
        const inside = [...files.keys(), ...folders].filter((one) => one !== name && one.startsWith(start));
        return [...new Set(inside.map((one) => one.slice(start.length).split('/')[0]!))];
      },
      async mkdir(path: string) {
        const name = nameOf(path);
        makeFolders(name);
        folders.add(name);
      },
      async rmdir(path: string) {
        folders.delete(nameOf(path));
      },
      stat: async (path: string) => about(path),
      lstat: async (path: string) => about(path),
      readlink: async (path: string) => Promise.reject(missing(path)),
      symlink: async () => Promise.reject(new Error('There are no links here.')),
    },
  };
}
