import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDraft } from './documents.ts';
import { type ServerProcess, spawnServer } from './processes.ts';
import { Browser, mcp, PASSWORD } from './server.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'patchbay-durable-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the server said it had stored. */
interface Ledger {
  drafts: Map<string, { revision: number; mark: string }>;
  versions: Map<string, number>;
  keys: string[];
}

async function signIn(server: ServerProcess): Promise<Browser> {
  const browser = new Browser(server.url);
  await browser.post('/session', { email: 'ada@example.com', password: PASSWORD });
  return browser;
}

/** Saves, publishes and makes keys until the server is gone. */
async function work(browser: Browser, workflow: string, ledger: Ledger): Promise<void> {
  const at = `/projects/load/workflows/${workflow}`;
  try {
    for (let count = 0; ; count += 1) {
      const { body: current } = await browser.get(at);
      const mark = `${workflow} ${current.revision + 1} `;
      const document = createDraft(current.name, mark);
      const saved = await browser.put(`${at}/draft`, { revision: current.revision, document });
      if (saved.status !== 200) throw new Error(JSON.stringify(saved.body));
      ledger.drafts.set(workflow, { revision: saved.body.revision, mark });
      if (count % 3 !== 0) continue;
      const published = await browser.post(`${at}/publish`, { revision: saved.body.revision });
      if (published.status !== 200) throw new Error(JSON.stringify(published.body));
      ledger.versions.set(workflow, published.body.version);
      const key = await browser.post('/projects/load/keys', { name: mark });
      ledger.keys.push(key.body.secret);
    }
  } catch (error) {
    // The server was killed in the middle of a call: what it had not answered counts for nothing.
    if (!/fetch failed|terminated|other side closed/i.test(String(error))) throw error;
  }
}

describe('kill −9 under load', { timeout: 120_000 }, () => {
  it('loses no draft, version or key that was acknowledged', async () => {
    const env = { DATA_DIR: folder };
    const ledger: Ledger = { drafts: new Map(), versions: new Map(), keys: [] };
    let server = await spawnServer(env);
    let browser = await signIn(server);
    await browser.post('/projects', { name: 'load', slug: 'load' });
    const workflows: string[] = [];
    for (let index = 0; index < 4; index += 1) {
      const name = `tool_${index}`;
      const made = await browser.post('/projects/load/workflows', { name, document: createDraft(name) });
      workflows.push(made.body.id);
    }

    for (let round = 0; round < 3; round += 1) {
      const load = Promise.all(workflows.map((workflow) => work(browser, workflow, ledger)));
      const before = ledger.keys.length;
      while (ledger.keys.length < before + 8) await sleep(5);
      await server.end('SIGKILL');
      await load;

      server = await spawnServer(env);
      browser = await signIn(server);
      for (const [workflow, { revision, mark }] of ledger.drafts) {
        const { body } = await browser.get(`/projects/load/workflows/${workflow}`);
        // A save that was under way may have got through as well, but nothing may be older.
        expect(body.revision).toBeGreaterThanOrEqual(revision);
        if (body.revision === revision) expect(JSON.stringify(body.document)).toContain(mark);
        expect(body.latestVersion).toBeGreaterThanOrEqual(ledger.versions.get(workflow) ?? 0);
        expect(body.liveVersion).toBe(body.latestVersion);
      }
      for (const key of ledger.keys) {
        expect((await mcp(server.url, 'load', 'tools/list', {}, key)).status).toBe(200);
      }
    }
    expect(ledger.keys.length).toBeGreaterThanOrEqual(24);
    expect(await server.end('SIGTERM'), server.output()).toBe(0);
  });
});

describe('SIGTERM', { timeout: 60_000 }, () => {
  it('says so, still answers, closes connections and ends with 0', async () => {
    const server = await spawnServer({ DATA_DIR: join(folder, 'term'), STOP_DELAY_SECONDS: '2' });
    const ending = server.end('SIGTERM');
    await sleep(200);
    const health = await fetch(`${server.url}/health`);
    expect([health.status, await health.json()]).toEqual([503, { status: 'stopping' }]);
    const response = await fetch(`${server.url}/api/v1/openapi.json`);
    expect(response.status).toBe(200);
    expect(response.headers.get('connection')).toBe('close');
    expect(await response.json()).toHaveProperty('openapi');
    expect(await ending).toBe(0);
    await expect(fetch(`${server.url}/health`)).rejects.toThrow();
  });
});

describe('a start that cannot work', { timeout: 60_000 }, () => {
  it('says why in a sentence', async () => {
    await expect(spawnServer({ DATA_DIR: folder, PORT: 'http' })).rejects.toThrow('PORT: a port number');
    const server = await spawnServer({ DATA_DIR: join(folder, 'taken') });
    const { port } = new URL(server.url);
    const second = spawnServer({ DATA_DIR: join(folder, 'taken-2'), PORT: port });
    await expect(second).rejects.toThrow(`Port ${port} is taken`);
    await server.end('SIGTERM');
  });
});
