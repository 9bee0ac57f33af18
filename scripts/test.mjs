// npm test: sets itself up on a fresh clone, then runs every check. One failing step does not hide the next.
// The web app is built beside the other tests, which often wait; browsers come last, as they wait for nothing.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureGenerated, ensureInstalled, ensureNode, root, say } from './setup.mjs';
import { ensureBrowser, ensureSandboxTools } from './test-machine.mjs';

ensureInstalled();
ensureNode();
ensureGenerated();
ensureSandboxTools();
const browser = ensureBrowser();

const reports = join(root, '.cache', 'reports');
rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });

const failures = [];
const counts = { passed: 0, failed: 0, skipped: 0 };

/**
 * Runs a command, and says how it ended. `quiet`: what it prints comes in one piece afterwards, so that it does not mix
 * with what is printed meanwhile. Resolves with whether it went well.
 */
async function step(name, command, args, { env, quiet = false } = {}) {
  const started = Date.now();
  say(name);
  const child = spawn(command, args, {
    cwd: root,
    stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
    env: {
      ...process.env,
      PATH: `${join(root, 'node_modules', '.bin')}:${process.env.PATH}`,
      CHROMIUM_PATH: browser,
      ...env,
    },
    shell: process.platform === 'win32',
  });
  const output = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => output.push(chunk));
  const code = await new Promise((resolve) => {
    child.once('error', () => resolve(127));
    child.once('close', (exit) => resolve(exit ?? 1));
  });
  process.stdout.write(Buffer.concat(output));
  const seconds = Math.round((Date.now() - started) / 1000);
  say(`${name}: ${code === 0 ? 'ok' : `failed (exit ${code})`} after ${seconds} s`);
  if (code !== 0) failures.push(name);
  return code === 0;
}

function readReport(name) {
  const file = join(reports, name);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
}

/** The web app, and types, because those of the pages come with the build. Resolves with whether there is one. */
async function web() {
  const quiet = true;
  if (!(await step('web app', process.execPath, ['scripts/build.mjs'], { quiet }))) return false;
  await step('types', 'tsc', ['-p', '.', '--noEmit'], { quiet });
  return true;
}

async function rest() {
  await step('format and lint', 'biome', ['ci', '.']);
  await step('dead code', 'knip', []);
  await step('tests', 'vitest', [
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${join(reports, 'vitest.json')}`,
  ]);
}

const [isBuilt] = await Promise.all([web(), rest()]);
if (isBuilt) {
  await step('browser tests', 'playwright', ['test', '-c', 'test/e2e/playwright.config.ts'], {
    env: { PLAYWRIGHT_JSON_OUTPUT_FILE: join(reports, 'playwright.json') },
  });
}

const unit = readReport('vitest.json');
if (unit) {
  counts.passed += unit.numPassedTests;
  counts.failed += unit.numFailedTests;
  counts.skipped += unit.numPendingTests + (unit.numTodoTests ?? 0);
}
const e2e = readReport('playwright.json');
if (e2e) {
  counts.passed += e2e.stats.expected + e2e.stats.flaky;
  counts.failed += e2e.stats.unexpected;
  counts.skipped += e2e.stats.skipped;
}
if (!unit || !e2e) failures.push('a test runner wrote no report');
if (failures.length > 0) console.log(`\nfailed: ${failures.join(', ')}`);
console.log(`\ntests: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exit(failures.length > 0 || counts.passed === 0 ? 1 : 0);
