import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as OlderClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as OlderTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { expect, it } from 'vitest';
import { changeLimits } from '#lib/operations/limits.ts';
import { type ServerProcess, spawnServer } from '../api/processes.ts';
import { startPostgres } from '../support/postgres.ts';
import { startBalancer } from './support/balancer.ts';
import { startTestServer } from './support/gateway.ts';
import { answer, ask, echo, TEXT_SCHEMA, tool } from './support/workflows.ts';

const CLIENTS = 50;
const capabilities = { elicitation: { form: {} } };
const accept = { action: 'accept' as const, content: { name: 'Ada' } };

/** A client, whichever it is. */
interface AnyClient {
  call(name: string, args: Record<string, unknown>): Promise<unknown>;
  close(): Promise<void>;
}

it('no call fails and nobody begins anew while all replicas are restarted under load', {
  timeout: 180_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-rolling-'));
  const postgres = await startPostgres();
  const env = {
    DATA_DIR: folder,
    DATABASE_URL: postgres.url,
    ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    // Long enough for the balancer to hear of it on a machine that has a lot to do.
    STOP_DELAY_SECONDS: '4',
  };
  const maker = await startTestServer(env);
  const project = await maker.project('rolled', {
    workflows: [
      echo,
      tool(
        'slow',
        TEXT_SCHEMA,
        { key: 'begun', kind: 'progress', config: { done: 1, total: 2 } },
        { key: 'pause', kind: 'wait', config: { mode: 'for', amount: 0.3, unit: 'seconds' } },
        answer('{{ input.text }}'),
      ),
      tool('greet', TEXT_SCHEMA, ask('who', 'name'), answer('{{ input.text }}')),
    ],
  });
  // All of them with one key: more than a client sends.
  await changeLimits(maker.app, maker.owner, 'rolled', { key: { perMinute: null } });
  const replicas: ServerProcess[] = await Promise.all([spawnServer(env), spawnServer(env)]);
  /** Those that said that they are well when they were asked last. */
  const well = new Set<string>();
  let over = false;
  // Each is asked again when it has answered: an answer that comes late must not undo the next one.
  const looks = [0, 1].map(async (index) => {
    while (!over) {
      const { url } = replicas[index]!;
      const response = await fetch(`${url}/health`).catch(() => null);
      await response?.body?.cancel();
      if (response?.status === 200) well.add(url);
      else well.delete(url);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  });
  await until(() => well.size === 2);
  let begun = 0;
  const balancer = await startBalancer({
    targets: () => [...well],
    onAnswer: (_request, _status, headers) => {
      if (headers['mcp-session-id'] !== undefined) begun += 1;
    },
  });
  const url = new URL(`${balancer.url}/mcp/rolled`);
  const requestInit = { headers: { Authorization: `Bearer ${project.key}` } };

  async function newer(mode: 'legacy' | { pin: string }): Promise<AnyClient> {
    const client = new Client(
      { name: 'newer', version: '1' },
      { capabilities, versionNegotiation: { mode } },
    );
    client.setRequestHandler('elicitation/create', async () => accept);
    await client.connect(new StreamableHTTPClientTransport(url, { requestInit }));
    return {
      call: async (name, args) =>
        (await client.callTool({ name, arguments: args }, { onprogress: () => {} })).content,
      close: () => client.close(),
    };
  }
  async function older(): Promise<AnyClient> {
    const client = new OlderClient({ name: 'older', version: '1' }, { capabilities });
    client.setRequestHandler(ElicitRequestSchema, async () => accept);
    await client.connect(new OlderTransport(url, { requestInit }));
    return {
      call: async (name, args) =>
        (await client.callTool({ name, arguments: args }, undefined, { onprogress: () => {} })).content,
      close: () => client.close(),
    };
  }

  const kinds = [older, () => newer('legacy'), () => newer({ pin: '2026-07-28' })];
  const clients = await Promise.all(Array.from({ length: CLIENTS }, (_, index) => kinds[index % 3]!()));
  const sessions = begun;
  const names = ['echo', 'slow', 'echo', 'greet'];
  const failures: string[] = [];
  const calls = clients.map(() => 0);
  const load = Promise.all(
    clients.map(async (client, index) => {
      for (let turn = index; !over; turn++) {
        const text = `${index} ${turn}`;
        const name = names[turn % names.length]!;
        try {
          const first = await client.call(name, { text });
          // A call that waits for its client when the process ends is told so; made again, it goes on.
          const content = JSON.stringify(first).includes('call greet again')
            ? await client.call(name, { text })
            : first;
          if (JSON.stringify(content) !== JSON.stringify([{ type: 'text', text }])) {
            failures.push(`${name} ${index % 3}: ${JSON.stringify(content)}`);
          }
          calls[index]! += 1;
        } catch (error) {
          failures.push(`${name} ${index % 3}: ${String(error)}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }),
  );

  const codes: (number | null)[] = [];
  for (const [index, replica] of replicas.entries()) {
    codes.push(await replica.end('SIGTERM'));
    replicas[index] = await spawnServer(env);
    await until(() => well.has(replicas[index]!.url));
  }
  const before = [...calls];
  await until(() => calls.every((count, index) => count > before[index]!));
  over = true;
  await load;

  await Promise.all(looks);
  await Promise.all(clients.map((client) => client.close()));
  await balancer.close();
  await Promise.all([...replicas.map((replica) => replica.end('SIGKILL')), maker.close()]);
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });

  expect(failures).toEqual([]);
  expect(codes).toEqual([0, 0]);
  expect(begun).toBe(sessions);
  expect(sessions).toBe(34);
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}
