import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fallbacks, launch, type Walls } from '#lib/sandbox/launch.ts';
import { defaultLimits } from '#lib/sandbox/limits.ts';
import { sandboxProgram } from '#lib/sandbox/program.ts';
import { openSandbox } from './harness.ts';

// Assume that an intruder runs code of his own in the sandbox process: what can he reach? Asked with all walls that this
// machine has, and with some left out, so that each wall is seen to hold something and the probe is seen to reach it.

// What is installed may still not work, as user namespaces are forbidden in many containers: ask a process that runs.
const { sandbox: first, attempt: tryOut } = openSandbox();
await tryOut('return 1');
const { layers } = first.level();
await first.close();
const names = ['rlimits', 'namespaces', 'seccomp', 'nobody', 'permissions'] as const;
const offered = Object.fromEntries(names.map((name) => [name, layers.includes(name)])) as unknown as Walls;
const none: Walls = { rlimits: false, namespaces: false, seccomp: false, nobody: false, permissions: false };

let folder: string;
let tcp: Server;
let unix: Server;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'patchbay-walls-'));
  writeFileSync(join(folder, 'secret'), 'secret', { mode: 0o644 });
  process.env['PATCHBAY_TEST_SECRET'] = 'secret';
  tcp = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
  unix = createServer((socket) => socket.end()).listen(join(folder, 'socket'));
  await Promise.all([once(tcp, 'listening'), once(unix, 'listening')]);
});
afterAll(() => {
  delete process.env['PATCHBAY_TEST_SECRET'];
  tcp.close();
  unix.close();
  rmSync(folder, { recursive: true, force: true });
  for (const place of ['/tmp', '/dev/shm']) rmSync(`${place}/patchbay-probe-${process.pid}`, { force: true });
});

/** What the probe reached: names of attempts, and the names in its environment. */
async function reachedBehind(walls: Walls): Promise<{ environment: string[]; reached: string[] }> {
  const file = join(import.meta.dirname, 'probe.cjs');
  const program = sandboxProgram({ jit: false, limits: defaultLimits });
  const child = launch(walls, { ...program, readable: [{ file, name: 'probe.cjs' }] });
  let out = '';
  let errors = '';
  child.stdout!.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr!.on('data', (chunk) => {
    errors += chunk;
  });
  const { port } = tcp.address() as { port: number };
  const socket = join(folder, 'socket');
  const secretFile = join(folder, 'secret');
  child.stdin!.on('error', () => {});
  child.stdin!.write(`${JSON.stringify({ port, socket, pid: process.pid, secretFile })}\n`);
  await once(child, 'close');
  if (out === '') throw new Error(`the probe said nothing: ${errors}`);
  const { environment, ...attempts } = JSON.parse(out) as Record<string, boolean> & { environment: string[] };
  return { environment, reached: Object.keys(attempts).filter((name) => attempts[name]) };
}

/** Everything that a process without walls reaches here. */
const linux = process.platform === 'linux';
const everything = [
  'readsPasswords',
  'readsSecretFile',
  'readsEnvironmentOfOthers',
  'writesTemporary',
  'writesSharedMemory',
  'connects',
  'connectsToSocket',
  'listens',
  'signalsServer',
  'startsShell',
  'startsNode',
  'opens200Files',
  'takes4Gigabytes',
];

describe('an intruder in the process', () => {
  test('finds no environment, even without any wall; everything else is open (positive control)', async ({
    skip,
  }) => {
    skip(!linux, 'the probe knows Linux only');
    const { environment, reached } = await reachedBehind(none);
    expect(environment).toEqual([]);
    expect(reached).toEqual(everything);
  });

  test('behind the permission model: no files, no processes, but the network and signals', async ({
    skip,
  }) => {
    skip(!linux, 'the probe knows Linux only');
    const { reached } = await reachedBehind({ ...none, permissions: true });
    expect(reached).toEqual([
      'connects',
      'connectsToSocket',
      'listens',
      'signalsServer',
      'opens200Files',
      'takes4Gigabytes',
    ]);
  });

  test('behind rlimits: no writing, no flood of files or memory', async ({ skip }) => {
    skip(!offered.rlimits, 'prlimit is not installed');
    const { reached } = await reachedBehind({ ...none, rlimits: true });
    const held = ['writesTemporary', 'writesSharedMemory', 'opens200Files', 'takes4Gigabytes'];
    expect(reached).toEqual(everything.filter((name) => !held.includes(name)));
  });

  test('behind namespaces: nothing of the machine, but processes and sockets of its own', async ({
    skip,
  }) => {
    skip(!offered.namespaces, 'bubblewrap is not installed or not allowed');
    const { reached } = await reachedBehind({ ...none, namespaces: true });
    expect(reached).toEqual(['listens', 'startsNode', 'opens200Files', 'takes4Gigabytes']);
  });

  test('behind seccomp as well: no processes, no sockets', async ({ skip }) => {
    skip(!offered.seccomp, 'there is no bubblewrap, or no filter for this processor');
    const { reached } = await reachedBehind({ ...none, namespaces: true, seccomp: true });
    expect(reached).toEqual(['opens200Files', 'takes4Gigabytes']);
  });

  test('behind all walls of this machine: only what they do not cover', async ({ skip }) => {
    skip(!linux, 'the probe knows Linux only');
    const { environment, reached } = await reachedBehind(offered);
    expect(environment).toEqual([]);
    const open: string[] = [];
    if (!offered.namespaces) open.push('connects', 'connectsToSocket', 'listens', 'signalsServer');
    if (!offered.rlimits) open.push('opens200Files', 'takes4Gigabytes');
    expect(reached).toEqual(open);
  });
});

describe('the level', () => {
  const without = (...left: (keyof Walls)[]) => left;
  test.each([
    [3, without(), offered.seccomp && offered.rlimits, 'there is no bubblewrap, or no prlimit'],
    [2, without('seccomp'), offered.namespaces, 'bubblewrap is not installed or not allowed'],
    [1, without('namespaces'), offered.rlimits, 'prlimit is not installed'],
    [0, without('namespaces', 'rlimits'), true, ''],
  ] as const)('is %i with these walls left out: %j, and code runs', async (level, left, possible, reason) => {
    const { sandbox, attempt } = openSandbox({ without: [...left] });
    try {
      if (!possible) return expect(reason).not.toBe('');
      expect(sandbox.level()).toMatchObject({ level, proven: false });
      expect(await attempt('return input + 1', { input: 1 })).toEqual({ value: 2 });
      const proven = sandbox.level();
      expect(proven).toMatchObject({ level, proven: true });
      expect(proven.layers).toEqual(expect.arrayContaining(['process', 'isolate', 'jitless', 'permissions']));
      expect(proven.layers.includes('seccomp')).toBe(level === 3);
      expect(proven.layers.includes('namespaces')).toBe(level >= 2);
    } finally {
      await sandbox.close();
    }
  });

  test('falls back one wall at a time', () => {
    const all: Walls = { rlimits: true, namespaces: true, seccomp: true, nobody: true, permissions: true };
    const steps = fallbacks(all).map((walls) => Object.values(walls).filter(Boolean).length);
    expect(steps).toEqual([5, 4, 3, 2, 1, 0]);
    expect(fallbacks(none)).toEqual([none]);
  });

  test('compiled code is for the strongest walls only', async ({ skip }) => {
    const weak = openSandbox({ jit: true, without: ['seccomp'] });
    expect(weak.sandbox.level().layers).toContain('jitless');
    await weak.sandbox.close();
    skip(!offered.seccomp, 'there is no bubblewrap, or no filter for this processor');
    const strong = openSandbox({ jit: true });
    expect(await strong.attempt('return input * 2', { input: 21 })).toEqual({ value: 42 });
    expect(strong.sandbox.level().layers).not.toContain('jitless');
    await strong.sandbox.close();
  });
});
