// npm test: sets itself up on a fresh clone, then runs every check. One failing step does not hide the next.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt, ensureGenerated, ensureInstalled, ensureNode, root, run, say } from './setup.mjs';
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

function step(name, command, args, env) {
  const started = Date.now();
  say(name);
  const code = run(command, args, { env: { CHROMIUM_PATH: browser, ...env } });
  say(
    `${name}: ${code === 0 ? 'ok' : `failed (exit ${code})`} after ${Math.round((Date.now() - started) / 1000)} s`,
  );
  if (code !== 0) failures.push(name);
}

function readReport(name) {
  const file = join(reports, name);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
}

step('format and lint', 'biome', ['ci', '.']);
ensureBuilt();
step('types', 'tsc', ['-p', '.', '--noEmit']);
step('dead code', 'knip', []);
step('tests', 'vitest', [
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${join(reports, 'vitest.json')}`,
]);
step('browser tests', 'playwright', ['test', '-c', 'test/e2e/playwright.config.ts'], {
  PLAYWRIGHT_JSON_OUTPUT_FILE: join(reports, 'playwright.json'),
});

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
