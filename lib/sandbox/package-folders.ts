import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const known = new Map<string, string[]>();

/**
 * The folders of packages and of all they depend on, as Node finds them, relative to ours: what a program behind walls
 * must be let read. One in another is covered by it.
 */
export function packageFolders(names: readonly string[]): string[] {
  const asked = names.join(' ');
  const before = known.get(asked);
  if (before) return before;
  const found = new Set<string>();
  const add = (name: string, from: string) => {
    const folder = placeOf(name, from);
    if (folder === undefined || found.has(folder)) return;
    found.add(folder);
    const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as {
      dependencies?: Record<string, string>;
    };
    for (const dependency of Object.keys(manifest.dependencies ?? {})) add(dependency, folder);
  };
  for (const name of names) add(name, '');
  const folders = [...found].filter((folder) => ![...found].some((other) => folder.startsWith(`${other}/`)));
  known.set(asked, folders);
  return folders;
}

/** The nearest node_modules that has a package, from a folder upwards; all relative to ours. */
function placeOf(name: string, from: string): string | undefined {
  let folder = from;
  for (;;) {
    const place = join(folder, 'node_modules', name);
    if (existsSync(join(root, place, 'package.json'))) return place;
    if (folder === '') return undefined;
    const parent = folder.slice(0, Math.max(0, folder.lastIndexOf('/')));
    folder = parent;
  }
}
