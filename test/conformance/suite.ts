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

interface Check {
  id: string;
  status: 'SUCCESS' | 'FAILURE' | 'WARNING' | 'SKIPPED' | 'INFO';
  errorMessage?: string;
}

export interface ScenarioOutcome {
  /** Ids of the checks that passed. Without `wire-schema-valid`, which passes also when no message came back. */
  passed: string[];
  /** Checks that failed or warned: what must be done and what should be done weigh the same here. */
  unmet: { id: string; message: string }[];
  /** Checks that say nothing of the kind, each once: `SKIPPED <id>`, `INFO <id>`. */
  aside: string[];
}

export interface Outcome {
  /** 0 when no check failed; of a list of requirements, none that counts. */
  exitCode: number;
  scenarios: Record<string, ScenarioOutcome>;
  /** What the program said. */
  printed: string;
}

/**
 * Runs the official conformance suite, the program as it is published, in a process of its own, against an MCP address
 * that needs no key. `args` are those of its command `server`.
 */
export async function runSuite(url: string, args: string[]): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), 'patchbay-suite-'));
  try {
    const options = ['--url', url, '-o', folder, '--timeout', String(SCENARIO_MS)];
    const { exitCode, printed } = await run(['server', ...options, ...args]);
    const scenarios: Record<string, ScenarioOutcome> = {};
    for (const report of (await readdir(folder)).sort()) {
      const scenario = /^server-(.+)-\d{4}-\d{2}-\d{2}T/.exec(report)?.[1];
      if (scenario === undefined) throw new Error(`A report of no scenario: ${report}`);
      scenarios[scenario] = outcomeOf(await readFile(join(folder, report, 'checks.json'), 'utf8'));
    }
    return { exitCode, scenarios, printed };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Runs one scenario, at a revision or, where that is null, at its own.
 * Throws with what the suite printed when it wrote no checks: an unknown scenario, or one that the revision does not have.
 */
export async function runScenario(
  url: string,
  scenario: string,
  revision: string | null,
): Promise<ScenarioOutcome & { exitCode: number }> {
  const at = revision === null ? [] : ['--spec-version', revision];
  const { exitCode, scenarios, printed } = await runSuite(url, ['--scenario', scenario, ...at]);
  const outcome = scenarios[scenario];
  if (!outcome) throw new Error(`${scenario} at ${revision ?? 'no revision'} wrote no checks: ${printed}`);
  return { exitCode, ...outcome };
}

/** Names of the scenarios for servers, all or those of a revision, sorted. */
export async function scenariosOf(revision?: string): Promise<string[]> {
  const at = revision === undefined ? [] : ['--spec-version', revision];
  const { printed } = await run(['list', '--server', ...at]);
  return [...printed.matchAll(/^ {2}- (\S+)/gm)].map(([, name]) => name!).sort();
}

function outcomeOf(text: string): ScenarioOutcome {
  const checks = JSON.parse(text) as Check[];
  const of = (...statuses: Check['status'][]) => checks.filter(({ status }) => statuses.includes(status));
  return {
    passed: of('SUCCESS').flatMap(({ id }) => (id === 'wire-schema-valid' ? [] : [id])),
    unmet: of('FAILURE', 'WARNING').map(({ id, errorMessage }) => ({
      id,
      message: errorMessage ?? 'no message',
    })),
    aside: [...new Set(of('SKIPPED', 'INFO').map(({ id, status }) => `${status} ${id}`))],
  };
}

function run(args: string[]): Promise<{ exitCode: number; printed: string }> {
  return new Promise((resolve, reject) => {
    const options = { maxBuffer: 16 * 1024 * 1024 };
    execFile(process.execPath, [program, ...args], options, (error, stdout, stderr) => {
      const exitCode = error ? error.code : 0;
      if (typeof exitCode === 'number') resolve({ exitCode, printed: stdout + stderr });
      else reject(error);
    });
  });
}
