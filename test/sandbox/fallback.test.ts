import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openSandbox } from './harness.ts';

// A bubblewrap that is installed and does not work, as in a container where user namespaces are forbidden.
const folder = mkdtempSync(join(tmpdir(), 'patchbay-fallback-'));
const before = process.env['PATH'];
writeFileSync(
  join(folder, 'bwrap'),
  '#!/bin/sh\necho "bwrap: No permissions to create new namespace" >&2\nexit 1\n',
);
chmodSync(folder, 0o755);
chmodSync(join(folder, 'bwrap'), 0o755);
process.env['PATH'] = `${folder}:${before}`;
afterAll(() => {
  process.env['PATH'] = before;
  rmSync(folder, { recursive: true, force: true });
});

test('a wall that does not work here is left out, and the level says so', async ({ skip }) => {
  skip(process.platform !== 'linux', 'bubblewrap is for Linux');
  const { sandbox, attempt, logged } = openSandbox();
  expect(sandbox.level().layers).toContain('namespaces');
  const both = await Promise.all([
    attempt('return input', { projectId: 'a', input: 1 }),
    attempt('return input', { projectId: 'b', input: 2 }),
  ]);
  expect(both).toEqual([{ value: 1 }, { value: 2 }]);
  const { level, layers } = sandbox.level();
  expect(level).toBeLessThanOrEqual(1);
  expect(layers).not.toContain('namespaces');
  expect(layers).toEqual(expect.arrayContaining(['jitless', 'permissions']));
  const failures = logged.filter(({ message }) => message.includes('did not start'));
  expect(failures[0]!.facts['words']).toContain('No permissions to create new namespace');
  await sandbox.close();
});
