import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer } from '../api/server.ts';
import { DATABASES } from '../support/databases.ts';
import { type Fixture, openFixture } from './fixture.ts';
import { type Outcome, runScenario, runSuite, scenariosOf } from './suite.ts';

// The official conformance suite, against a project made of nothing but workflows: on SQLite with one process, and on
// PostgreSQL with two behind a proxy that sends each request to the other one. What is left out, and why, is in
// docs/gateway.md under "Conformance".

/**
 * The three runs of the program, how many checks pass in each, and what neither passes nor fails. `--requirements` of a revision also runs what
 * that revision does not count, so that it covers `--suite all` of it, as the test below shows; of 2026-07-28 it covers
 * the extension of tasks and `http-custom-header-server-validation` and the like too.
 */
const RUNS: {
  args: string[];
  total: number;
  aside: Record<string, string[]>;
  checksNothing: string[];
}[] = [
  { args: ['--suite', 'all', '--spec-version', '2025-06-18'], total: 56, aside: {}, checksNothing: [] },
  {
    args: ['--requirements', '2025-11-25'],
    total: 82,
    aside: {
      // Lists are answered as JSON, not on a stream.
      'server-sse-multiple-streams': ['INFO server-sse-streams-functional'],
      // What went over the wire; and the stream is not closed under a call, unless `STREAM_SECONDS` says so.
      'server-sse-polling': [
        'INFO outgoing-request',
        'INFO incoming-response',
        'INFO incoming-sse-event',
        'INFO stream-closed',
        'INFO server-sse-disconnect-resume',
      ],
    },
    checksNothing: [],
  },
  {
    args: ['--requirements', '2026-07-28'],
    total: 196,
    aside: {
      'server-sse-multiple-streams': ['INFO server-sse-streams-functional'],
      // The suite has no way to hear them yet.
      'tasks-status-notifications': ['SKIPPED tasks-status-notifications'],
    },
    checksNothing: ['tasks-status-notifications'],
  },
];

/** The extension of skills is not served. */
const LEFT_OUT = ['sep-2640-skills-directory', 'sep-2640-skills-enumeration', 'sep-2640-skills-manifest'];

describe.each(DATABASES)('the suite on $name', ({ name, create }) => {
  const replicas = name === 'PostgreSQL' ? 2 : 1;
  let fixture: Fixture;
  const outcomes: Outcome[] = [];

  beforeAll(async () => {
    fixture = await openFixture({ create, replicas });
    // One after the other: some scenarios give an answer no more than 600 ms.
    for (const { args } of RUNS) outcomes.push(await runSuite(fixture.url, args));
  }, 300_000);

  afterAll(() => fixture?.close());

  const outcome = (run: (typeof RUNS)[number]) => outcomes[RUNS.indexOf(run)]!.scenarios;
  const runs = RUNS.map((run) => ({ ...run, run, title: run.args.join(' ') }));

  it.each(runs)('$title: no check fails or warns', ({ run, total }) => {
    const unmet = Object.entries(outcome(run)).flatMap(([scenario, { unmet }]) =>
      unmet.map(({ id, message }) => `${scenario}: ${id}: ${message}`),
    );
    expect(unmet).toEqual([]);
    const { exitCode, printed } = outcomes[RUNS.indexOf(run)]!;
    expect(exitCode, printed.slice(-4000)).toBe(0);
    expect(/^Total: .*/m.exec(printed)?.[0]).toBe(`Total: ${total} passed, 0 failed`);
  });

  it.each(runs)('$title: nothing else is skipped than is known', ({ run, aside, checksNothing }) => {
    const found = Object.entries(outcome(run)).filter(([, { aside }]) => aside.length > 0);
    expect(Object.fromEntries(found.map(([scenario, { aside }]) => [scenario, aside]))).toEqual(aside);
    const empty = Object.entries(outcome(run)).filter(([, { passed }]) => passed.length === 0);
    expect(empty.map(([scenario]) => scenario)).toEqual(checksNothing);
  });

  it('covers every scenario of every revision, and every one of an extension that is served', async () => {
    for (const [index, revision] of ['2025-06-18', '2025-11-25', '2026-07-28'].entries()) {
      const missing = (await scenariosOf(revision)).filter((name) => !outcomes[index]!.scenarios[name]);
      expect([revision, missing]).toEqual([revision, []]);
    }
    const covered = new Set(outcomes.flatMap(({ scenarios }) => Object.keys(scenarios)));
    expect((await scenariosOf()).filter((name) => !covered.has(name))).toEqual(LEFT_OUT);
  });

  it('spreads the requests over all replicas', () => {
    const counts = [...fixture.counts.values()];
    expect(counts).toHaveLength(replicas);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    expect(Math.min(...counts)).toBeGreaterThan(200);
  });
});

describe('the suite (positive control)', () => {
  it('finds a tool missing', async () => {
    const server = await startTestServer();
    try {
      await server.owner.post('/projects', { name: 'Bare', slug: 'bare' });
      await server.owner.patch('/projects/bare', { access: 'public' });
      const url = `${server.url}/mcp/bare`;
      expect(await runScenario(url, 'tools-call-simple-text', '2025-11-25')).toEqual({
        exitCode: 1,
        passed: [],
        unmet: [{ id: 'tools-call-simple-text', message: expect.stringContaining('Unknown tool') }],
        aside: [],
      });
    } finally {
      await server.close();
    }
  });

  it('passes nothing where nobody answers', async () => {
    expect(await runScenario('http://127.0.0.1:1/mcp/conformance', 'tools-list', '2026-07-28')).toEqual({
      exitCode: 1,
      passed: [],
      unmet: [{ id: 'tools-list', message: expect.stringContaining('fetch failed') }],
      aside: [],
    });
  });

  it('says when it has no such scenario', async () => {
    const running = runScenario('http://127.0.0.1:1/mcp', 'nonsense', '2025-11-25');
    await expect(running).rejects.toThrow("Unknown scenario 'nonsense'");
  });
});

it('nothing in the product knows what the suite asks for', async () => {
  const root = join(import.meta.dirname, '../..');
  const files = await readdir(join(root, 'examples/conformance/workflows'));
  // Names that could be anybody's are left out.
  const names = files.map((file) => file.replace(/\.json$/, '')).filter((name) => /^(test|json)_/.test(name));
  const asked = new RegExp(`\\b(${[...names, 'test://'].join('|')})`);
  expect(names.length).toBeGreaterThan(20);
  expect(asked.test('if (name === "test_simple_text")')).toBe(true);
  const knowing: string[] = [];
  for (const folder of ['app', 'lib', 'workers', 'scripts', 'prisma']) {
    for (const entry of await readdir(join(root, folder), { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile() && asked.test(await readFile(path, 'utf8'))) knowing.push(path);
    }
  }
  expect(knowing).toEqual([]);
});
