import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { Program } from '#lib/sandbox/launch.ts';

const root = join(import.meta.dirname, '..', '..');

/** Packages that reading a document takes; what they depend on is found. */
export const READER_PACKAGES = [
  '@mozilla/readability',
  '@orama/stemmers',
  '@orama/stopwords',
  'csv-parse',
  'eld',
  'linkedom',
  'postal-mime',
  'saxes',
  'turndown',
  'unpdf',
  'yauzl',
];

/** Folders of lib with code that reading a document takes. */
const FOLDERS = [
  'lib/knowledge',
  'lib/parse',
  'lib/workflow',
  'lib/sandbox',
  'lib/engine',
  'lib/db/app-error.ts',
];

const MB = 1024 * 1024;

/** What reads documents: workers/reader.ts, and of the rest of Patchbay only the code that it takes. */
export function readerProgram({ memoryMb, cpuSeconds }: { memoryMb: number; cpuSeconds: number }): Program {
  const own = ['workers/reader.ts', 'package.json', ...FOLDERS];
  const readable = [...own, ...packageFolders()].map((name) => ({
    file: realpathSync(join(root, name)),
    name,
  }));
  return {
    readable,
    flags: [
      // Nothing that is read can become code.
      '--disallow-code-generation-from-strings',
      `--max-old-space-size=${memoryMb}`,
      '--v8-pool-size=1',
      '--disable-warning=SecurityWarning',
      '--disable-warning=ExperimentalWarning',
    ],
    args: [],
    rlimits: [`--cpu=${cpuSeconds}`, `--data=${(memoryMb + 1024) * MB}`],
  };
}

let folders: string[] | undefined;

/** The folders of the packages and of all they depend on, as Node finds them; one in another is covered by it. */
function packageFolders(): string[] {
  if (folders) return folders;
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
  for (const name of READER_PACKAGES) add(name, '');
  folders = [...found].filter((folder) => ![...found].some((other) => folder.startsWith(`${other}/`)));
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
