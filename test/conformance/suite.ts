import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);
const manifest = require.resolve('@modelcontextprotocol/conformance/package.json');
const program = join(dirname(manifest), 'dist/index.js');

/** What the suite gives a scenario; those of tasks wait for some to end. */
const SCENARIO_MS = 15_000;
/** Above that, below the 30 s of a test. */
const LONGEST_MS = 25_000;

interface Check {
  id: string;
  status: 'SUCCESS' | 'FAILURE' | 'WARNING' | 'SKIPPED' | 'INFO';
  errorMessage?: string;
}

export interface Outcome {
  /** 0 when no check failed. */
  exitCode: number;
  /** Ids of the checks that passed. Without `wire-schema-valid`, which passes also when no message came back. */
  passed: string[];
  /** Checks that failed or warned: what must be done and what should be done weigh the same here. */
  unmet: { id: string; message: string }[];
}

/**
 * Runs one scenario of the official conformance suite against an MCP address that needs no key, in a process of its own;
 * one of an extension without a revision, as it belongs to none.
 * Throws with what the suite printed when it wrote no checks: an unknown scenario, or one that the revision does not have.
 */
export async function runScenario(url: string, scenario: string, revision: string | null): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), 'patchbay-conformance-'));
  try {
    const options = {
      '--url': url,
      '--scenario': scenario,
      '-o': folder,
      '--timeout': String(SCENARIO_MS),
      ...(revision !== null && { '--spec-version': revision }),
    };
    const { exitCode, printed } = await run(['server', ...Object.entries(options).flat()]);
    const [reports] = await readdir(folder);
    if (reports === undefined)
      throw new Error(`${scenario} at ${revision ?? 'no revision'} wrote no checks: ${printed}`);
    const checks = JSON.parse(await readFile(join(folder, reports, 'checks.json'), 'utf8')) as Check[];
    return {
      exitCode,
      passed: checks
        .filter(({ id, status }) => status === 'SUCCESS' && id !== 'wire-schema-valid')
        .map(({ id }) => id),
      unmet: checks
        .filter(({ status }) => status === 'FAILURE' || status === 'WARNING')
        .map(({ id, errorMessage }) => ({ id, message: errorMessage ?? 'no message' })),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function run(args: string[]): Promise<{ exitCode: number; printed: string }> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [program, ...args], { timeout: LONGEST_MS }, (error, stdout, stderr) => {
      const exitCode = error ? error.code : 0;
      if (typeof exitCode === 'number') resolve({ exitCode, printed: stdout + stderr });
      else reject(error);
    });
  });
}
