import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { spawnServer } from './processes.ts';

it('a process that was told to stop says so to load balancers, and answers everybody else as before', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-stopping-'));
  const server = await spawnServer({ DATA_DIR: folder, STOP_DELAY_SECONDS: '2' });
  const ask = async (path: string) => {
    const response = await fetch(`${server.url}${path}`);
    return {
      status: response.status,
      connection: response.headers.get('connection'),
      body: await response.json(),
    };
  };
  expect(await ask('/health')).toEqual({ status: 200, connection: 'keep-alive', body: { status: 'ok' } });
  const ended = server.end('SIGTERM');
  let stopping = await ask('/health');
  while (stopping.status === 200) stopping = await ask('/health');
  expect(stopping).toEqual({ status: 503, connection: 'close', body: { status: 'stopping' } });
  expect((await ask('/api/v1/health')).status).toBe(503);
  expect(await ask('/api/v1/setup')).toMatchObject({ status: 200, connection: 'close' });
  expect(await ended).toBe(0);
  rmSync(folder, { recursive: true, force: true });
});
