// What every command does first on a fresh clone: dependencies, the right Node, the Prisma clients, the web build.
// Runs on any Node ≥ 20.9 and imports no package, because at its first run nothing is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const stamps = join(root, '.cache');

/** Of set-up: all that it prints goes to standard error. */
const PROGRESS = ['ignore', 2, 2];

/** isolated-vm ships prebuilt binaries for these majors and no others. */
const NODE_MAJORS = [24, 26];

/** Prints one line of progress; beside the results, which scripts and clients read from standard output. */
export function say(text) {
  process.stderr.write(`\x1b[2m›\x1b[0m ${text}\n`);
}

/** Prints what went wrong and what to do, then ends the process. */
export function fail(what, advice) {
  process.stderr.write(`\n\x1b[31m✗\x1b[0m ${what}\n  ${advice}\n\n`);
  process.exit(1);
}

/** Runs a command in the project's folder with its own Node first in PATH; its output is shown. Returns the exit code. */
export function run(command, args, options = {}) {
  const { env, ...rest } = options;
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, PATH: `${join(root, 'node_modules', '.bin')}:${process.env.PATH}`, ...env },
    shell: process.platform === 'win32',
    ...rest,
  });
  if (result.error) return 127;
  return result.status ?? 1;
}

/** SHA-256 over the contents of files and folders, in a stable order. */
function fingerprint(paths) {
  const hash = createHash('sha256');
  const visit = (path) => {
    if (!existsSync(path)) return;
    if (statSync(path).isDirectory()) {
      for (const name of readdirSync(path).sort()) {
        if (name === 'gen' || name === 'node_modules') continue;
        visit(join(path, name));
      }
      return;
    }
    hash.update(relative(root, path)).update('\0').update(readFileSync(path)).update('\0');
  };
  for (const path of paths) visit(join(root, path));
  return hash.digest('hex');
}

function isFresh(name, value) {
  const file = join(stamps, `${name}.stamp`);
  return existsSync(file) && readFileSync(file, 'utf8') === value;
}

function stamp(name, value) {
  mkdirSync(stamps, { recursive: true });
  writeFileSync(join(stamps, `${name}.stamp`), value);
}

/** Installs the locked dependencies where they are missing or the lock file changed. No install script runs. */
export function ensureInstalled() {
  const wanted = fingerprint(['package.json', 'package-lock.json']);
  if (existsSync(join(root, 'node_modules', '.package-lock.json')) && isFresh('install', wanted)) return;
  say('installing dependencies (once; about a minute)');
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  // npm ci refuses the lock file where a registry lacks another platform's optional package; npm install does not.
  if (run('npm', ['ci', ...flags], { stdio: 'ignore' }) !== 0) {
    if (run('npm', ['install', '--no-save', ...flags], { stdio: PROGRESS }) !== 0) {
      fail(
        'The dependencies could not be installed.',
        'Check that this machine reaches an npm registry (npm ping), then run the command again.',
      );
    }
  }
  stamp('install', wanted);
}

/** Goes on under Node 24 (from node_modules, where the system's is another): runs the calling script again there. */
export function ensureNode() {
  const major = Number(process.versions.node.split('.')[0]);
  if (NODE_MAJORS.includes(major)) return;
  const node = join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
  if (!existsSync(node)) {
    fail(
      `Patchbay runs on Node ${NODE_MAJORS.join(' or ')}; this is ${process.versions.node}, and no packaged Node exists for ${process.platform}-${process.arch}.`,
      'Install Node 24 (https://nodejs.org) and run the command again.',
    );
  }
  process.exit(run(node, process.argv.slice(1)));
}

/** Writes the Prisma clients where the schema changed. */
export function ensureGenerated() {
  const wanted = fingerprint(['prisma/schema.prisma', 'scripts/generate.mjs', 'package-lock.json']);
  if (existsSync(join(root, 'lib', 'db', 'gen')) && isFresh('generate', wanted)) return;
  say('generating the database clients');
  if (run(process.execPath, ['scripts/generate.mjs'], { stdio: PROGRESS }) !== 0) {
    fail(
      'The database clients could not be generated.',
      'The lines above say why. `npm run generate` repeats this step alone.',
    );
  }
  stamp('generate', wanted);
}

/** Builds the web app where its sources changed. */
export function ensureBuilt() {
  const wanted = fingerprint([
    'app',
    'lib/workflow',
    'lib/nodes',
    'lib/engine',
    'lib/api',
    'next.config.js',
    'postcss.config.mjs',
    'tsconfig.json',
    'package-lock.json',
  ]);
  if (existsSync(join(root, '.next', 'BUILD_ID')) && isFresh('build', wanted)) return;
  say('building the web app (once; about half a minute)');
  if (
    run(process.execPath, ['node_modules/next/dist/bin/next', 'build'], {
      env: { NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
    }) !== 0
  ) {
    fail(
      'The web app could not be built.',
      'The lines above say why. Less than 1 GB of free memory is a common reason.',
    );
  }
  stamp('build', wanted);
}
