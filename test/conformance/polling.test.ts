import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../gateway/support/gateway.ts';

// SSE polling: the server closes the stream of a call, and the client comes back for the answer.

const manifest = createRequire(import.meta.url).resolve('@modelcontextprotocol/conformance/package.json');
const program = join(dirname(manifest), 'dist/index.js');
const workflow = join(import.meta.dirname, '../../examples/conformance/workflows/test_reconnection.json');

let server: TestServer;

afterEach(() => server?.close());

/** How each check of the scenario ended, by its id. */
async function checks(env: Record<string, string>): Promise<Map<string, string>> {
  server = await startTestServer(env);
  const { url } = await server.project('polled', {
    access: 'public',
    workflows: [JSON.parse(readFileSync(workflow, 'utf8'))],
  });
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-polling-'));
  const options = ['--scenario', 'server-sse-polling', '--spec-version', '2025-11-25', '-o', folder];
  await new Promise((resolve) => {
    execFile(process.execPath, [program, 'server', '--url', url, ...options], resolve);
  });
  const [report] = readdirSync(folder);
  const given = JSON.parse(readFileSync(join(folder, report!, 'checks.json'), 'utf8'));
  rmSync(folder, { recursive: true, force: true });
  return new Map(given.map(({ id, status }: { id: string; status: string }) => [id, status]));
}

it('is primed, and the answer comes on the stream where nothing closes it', async () => {
  const outcome = await checks({});
  expect([...outcome.values()]).not.toContain('FAILURE');
  expect(Object.fromEntries(outcome)).toMatchObject({
    'server-sse-priming-event': 'SUCCESS',
    'server-sse-retry-field': 'SUCCESS',
    'server-sse-disconnect-resume': 'INFO',
  });
});

it('is taken up again where the server closes it', async () => {
  const outcome = await checks({ STREAM_SECONDS: '2' });
  expect([...outcome.values()]).not.toContain('FAILURE');
  expect(Object.fromEntries(outcome)).toMatchObject({
    'server-sse-priming-event': 'SUCCESS',
    'server-sse-retry-field': 'SUCCESS',
    'server-sse-disconnect-resume': 'SUCCESS',
  });
});
