import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createListener } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readDiskFolder } from '#lib/operations/disk-folder.ts';
import { filesOf } from '#lib/operations/folder-files.ts';
import { type ServerProcess, spawnServer } from '../api/processes.ts';
import { Browser, PASSWORD } from '../api/server.ts';
import type { EmptyDatabase } from '../support/databases.ts';
import { startRoundRobin } from '../support/round-robin.ts';

/** The smallest files of their kinds: what the project's tools fetch. */
const FILES: Record<string, { type: string; base64: string }> = {
  '/pixel.png': {
    type: 'image/png',
    base64:
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==',
  },
  '/silence.wav': {
    type: 'audio/wav',
    base64: 'UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAA=',
  },
};

export interface Fixture {
  /** The MCP address of the project, behind the proxy. */
  url: string;
  /** Requests that each replica got. */
  counts: Map<string, number>;
  close(): Promise<void>;
}

/**
 * `examples/conformance` on so many server processes, which share a database and a folder, behind a proxy that
 * sends each request to the next of them. The project is imported and published through the API, as any other.
 */
export async function openFixture({
  create,
  replicas,
}: {
  create: () => Promise<EmptyDatabase>;
  replicas: number;
}): Promise<Fixture> {
  const database = await create();
  const files = await serveFiles();
  const proxy = await startRoundRobin();
  const ENCRYPTION_KEY = randomBytes(32).toString('base64');
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-conformance-'));
  const servers: ServerProcess[] = [];
  for (let count = 0; count < replicas; count += 1) {
    const server = await spawnServer({
      PORT: await freePort(),
      PUBLIC_URL: proxy.url,
      DATABASE_URL: database.url,
      DATA_DIR: folder,
      ENCRYPTION_KEY,
      EGRESS_ALLOW: '127.0.0.1',
    });
    servers.push(server);
  }
  proxy.targets = servers.map(({ url }) => url);
  await makeProject(proxy.url, files.url);
  return {
    url: `${proxy.url}/mcp/conformance`,
    counts: proxy.counts,
    async close() {
      await proxy.close();
      await Promise.all(servers.map((server) => server.end('SIGKILL')));
      rmSync(folder, { recursive: true, force: true });
      files.close();
      await database.remove();
    },
  };
}

async function makeProject(url: string, filesUrl: string): Promise<void> {
  const owner = new Browser(url);
  done(await owner.post('/session', { email: 'ada@example.com', password: PASSWORD }));
  const folder = await readDiskFolder(join(import.meta.dirname, '../../examples/conformance'));
  done(await owner.post('/projects/import', { files: filesOf(folder) }));
  done(await owner.patch('/projects/conformance', { env: { FILES: filesUrl }, access: 'public' }));
  const { body } = done(await owner.get('/projects/conformance/workflows'));
  for (const { id, revision } of body.items) {
    done(await owner.post(`/projects/conformance/workflows/${id}/publish`, { revision, despiteTexts: true }));
  }
}

function done<A extends { status: number; body: unknown }>(answer: A): A {
  if (answer.status < 300) return answer;
  throw new Error(`The project was not made: ${answer.status} ${JSON.stringify(answer.body)}`);
}

async function freePort(): Promise<string> {
  const listener = createListener();
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const { port } = listener.address() as AddressInfo;
  await new Promise((resolve) => listener.close(resolve));
  return String(port);
}

async function serveFiles(): Promise<{ url: string; close(): void }> {
  const server = createServer((request, response) => {
    const file = FILES[request.url ?? ''];
    if (file) response.setHeader('content-type', file.type).end(Buffer.from(file.base64, 'base64'));
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
