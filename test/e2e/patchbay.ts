import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base } from '@playwright/test';

/** A freshly started Patchbay, as `npm start` runs it: nobody has set it up yet. */
export interface Patchbay {
  url: string;
  /** The one-time link it printed. */
  setupLink: string;
  dataDir: string;
  /** Ends the process at once, as a crash or a power cut does. */
  kill(): Promise<void>;
  /** Starts it again after that, at the same address with the same data. */
  restart(): Promise<void>;
}

/** A service of the outside world, for HTTP steps. Counts its requests by path. */
export interface Upstream {
  url: string;
  requests: Map<string, number>;
}

const root = join(import.meta.dirname, '../..');

const ORDERS: Record<string, unknown> = {
  '/orders/7': {
    id: 7,
    customer: 'Ada',
    lines: [
      { item: 'cable', price: 4, qty: 3 },
      { item: 'jack', price: 2.5, qty: 2 },
    ],
  },
};

/** The program on a port; `says` waits for words on its output, and fails when it ends before. */
function startServer(dataDir: string, port: string) {
  const child = spawn(process.execPath, ['workers/server.ts'], {
    cwd: root,
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'production',
      NEXT_DIST_DIR: process.env['NEXT_DIST_DIR'] ?? '.next',
      PORT: port,
      DATA_DIR: dataDir,
      LOG_LEVEL: 'error',
      EGRESS_ALLOW: '127.0.0.1',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const says = (words: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const take = (chunk: Buffer) => {
        output += chunk.toString();
        const found = words.exec(output);
        if (found) resolve(found[0]);
      };
      child.stdout.on('data', take);
      child.stderr.on('data', take);
      child.once('exit', () => reject(new Error(`The server ended:\n${output}`)));
    });
  return { child, says };
}

/**
 * `test` with a server and an upstream. Files that say different names, `test.use({ instance: 'draw' })`, each get
 * their own: Playwright starts a new worker where a worker's option differs.
 */
export const test = base.extend<object, { instance: string; patchbay: Patchbay; upstream: Upstream }>({
  instance: ['', { option: true, scope: 'worker' }],
  patchbay: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures asked for from this pattern
    async ({}, use) => {
      const dataDir = mkdtempSync(join(tmpdir(), 'patchbay-e2e-'));
      const first = startServer(dataDir, '0');
      let { child } = first;
      const setupLink = await first.says(/https?:\/\/\S+\/setup\?token=\S+/);
      const { origin, port } = new URL(setupLink);
      await use({
        url: origin,
        setupLink,
        dataDir,
        async kill() {
          child.kill('SIGKILL');
          await once(child, 'exit');
        },
        async restart() {
          const next = startServer(dataDir, port);
          child = next.child;
          await next.says(/https?:\/\/\S+/);
        },
      });
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGINT');
        await once(child, 'exit');
      }
      rmSync(dataDir, { recursive: true, force: true });
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  upstream: [
    // biome-ignore lint/correctness/noEmptyPattern: see above
    async ({}, use) => {
      const requests = new Map<string, number>();
      const server = createServer((request, response) => {
        const path = request.url ?? '';
        requests.set(path, (requests.get(path) ?? 0) + 1);
        const order = ORDERS[path];
        response.writeHead(order ? 200 : 404, { 'content-type': 'application/json' });
        response.end(JSON.stringify(order ?? { error: 'no such order' }));
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      await use({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests });
      server.closeAllConnections();
      server.close();
    },
    { scope: 'worker' },
  ],
});

export { expect } from '@playwright/test';
