import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Below it a guest that holds a handle can corrupt the host's memory (GHSA-864f-rcv7-6rh4). */
const OLDEST_SAFE = [7, 0, 1];

/**
 * Path of the isolated-vm binary for this Node and platform. The sandbox process loads it by its path, because the
 * package's own loader reads files that the process must not see.
 * Throws when the package is too old or has no binary for this platform.
 */
export function findAddon(): string {
  const manifest = createRequire(import.meta.url).resolve('isolated-vm/package.json');
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  if (olderThan(version, OLDEST_SAFE)) {
    throw new Error(`isolated-vm ${version} is not safe; ${OLDEST_SAFE.join('.')} or newer is needed.`);
  }
  const folder = join(dirname(manifest), 'prebuilds', `${process.platform}-${process.arch}`);
  const libc = process.platform === 'linux' ? (isMusl() ? '.musl' : '.glibc') : '';
  const file = join(folder, `isolated-vm.abi${process.versions.modules}${libc}.node`);
  if (existsSync(file)) return file;
  throw new Error(
    `isolated-vm has no binary for Node ${process.version} on ${process.platform} ${process.arch}.`,
  );
}

/** Whether a version like `7.0.1` or `7.1.0-beta.2` comes before the wanted one. */
export function olderThan(version: string, wanted: number[]): boolean {
  const parts = version.split('-')[0]!.split('.').map(Number);
  for (let i = 0; i < wanted.length; i += 1) {
    const difference = (parts[i] ?? 0) - wanted[i]!;
    if (difference !== 0) return difference < 0;
  }
  return version.includes('-');
}

function isMusl(): boolean {
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return report.header?.glibcVersionRuntime === undefined;
}
