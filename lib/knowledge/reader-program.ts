import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { Program } from '#lib/sandbox/launch.ts';
import { packageFolders } from '#lib/sandbox/package-folders.ts';

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
  const readable = [...own, ...packageFolders(READER_PACKAGES)].map((name) => ({
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
