import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '#lib/db/client.ts';
import { exampleDocument, type KindExample } from '#lib/workflow/example.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { DATABASES, type EmptyDatabase } from '#test/support/databases.ts';
import { type ServerProcess, spawnServer } from './processes.ts';
import { Browser, eventually, mcp, PASSWORD, projectWith } from './server.ts';

/** Steps that reach out, one after the other. */
const STEPS = ['one', 'two', 'three', 'four', 'five'];

/** The world outside: counts what each step asks it, and answers when it is told to. */
class Sink {
  readonly asked: string[] = [];
  private readonly server: Server;
  private readonly held: { step: string; answer: () => void }[] = [];

  constructor() {
    this.server = createServer((request, response) => this.take(request, response));
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** What a step asks that was not answered yet. */
  next(): Promise<{ step: string; answer: () => void }> {
    return eventually(async () => this.held.shift(), 30_000);
  }

  /** How often each step asked. */
  counts(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const step of this.asked) counts[step] = (counts[step] ?? 0) + 1;
    return counts;
  }

  clear(): void {
    this.asked.length = 0;
    this.held.length = 0;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private take(request: IncomingMessage, response: ServerResponse): void {
    const step = request.url!.slice(1);
    this.asked.push(step);
    const answer = () => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ step, number: STEPS.indexOf(step) + 1 }));
    };
    this.held.push({ step, answer });
  }
}

describe.each(DATABASES)('kill −9 on $name', { timeout: 240_000 }, ({ create }) => {
  let empty: EmptyDatabase;
  let database: Database;
  let folder: string;
  let env: Record<string, string>;
  const sink = new Sink();
  const running = new Set<ServerProcess>();
  let browser: Browser;
  let key: string;
  let calls = 0;

  beforeAll(async () => {
    empty = await create();
    folder = mkdtempSync(join(tmpdir(), 'patchbay-takeover-'));
    env = {
      DATA_DIR: folder,
      DATABASE_URL: empty.url,
      ENCRYPTION_KEY: Buffer.alloc(32, 9).toString('base64'),
      EGRESS_ALLOW: '127.0.0.1',
    };
    const url = await sink.listen();
    const first = await start();
    database = await openDatabase(empty.url);
    const chain: KindExample['steps'] = {
      input: {
        kind: 'input',
        config: { schema: { type: 'object', properties: { call: { type: 'integer' } } } },
      },
    };
    for (const step of STEPS)
      chain[step] = { kind: 'http', config: { method: 'POST', url: `${url}/${step}` } };
    const sum = STEPS.map((step) => `steps.${step}.body.number`).join(' + ');
    chain['answer'] = {
      kind: 'output',
      config: { parts: [{ type: 'text', text: `{{ ${sum} }}` }] },
    };
    const edges = ['input', ...STEPS].map((step, index) => `${step} -> ${[...STEPS, 'answer'][index]}`);
    await make('background', chain, edges);
    const asks = {
      ...chain,
      consent: { kind: 'approve', config: { message: 'Go on?', by: 'team' } },
    };
    await make('resumed', asks, ['input -> consent', 'consent:approved -> one', ...edges.slice(1)]);
    ({ secret: key } = (await browser.post('/projects/resumed/keys', { name: 'k' })).body);
    await stop(first);
  });
  afterAll(async () => {
    for (const server of running) await server.end('SIGKILL');
    sink.close();
    await database?.close();
    await empty?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(): Promise<ServerProcess> {
    const server = await spawnServer(env);
    running.add(server);
    browser = new Browser(server.url);
    await browser.post('/session', { email: 'ada@example.com', password: PASSWORD });
    return server;
  }

  async function stop(server: ServerProcess, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    running.delete(server);
    await server.end(signal);
  }

  async function make(slug: string, steps: KindExample['steps'], edges: string[]): Promise<void> {
    const document = exampleDocument('x', { summary: slug, steps, edges, input: {}, answer: {} });
    await projectWith(browser, slug, { document: { ...document, name: 'work' } as unknown as JsonObject });
  }

  /** The half a minute goes by in which a process that lives renews its leases. */
  async function leasesRunOut(): Promise<void> {
    const past = new Date(Date.now() - 1000);
    await database.prisma.job.updateMany({ where: { state: 'running' }, data: { leaseUntil: past } });
    await database.prisma.run.updateMany({ where: { status: 'running' }, data: { leaseUntil: past } });
  }

  async function startBackground(): Promise<string> {
    const { body } = await browser.get('/projects/background/workflows');
    const at = `/projects/background/workflows/${body.items[0].id}/jobs`;
    const started = await browser.post(at, { input: {} });
    expect(started.status).toBe(202);
    // More than are killed here.
    await database.prisma.job.updateMany({ where: { kind: 'run.start' }, data: { maxAttempts: 20 } });
    return started.body.runId;
  }

  /** A call that waits for an approval. Each with other arguments: the same call would fetch the result of the last. */
  async function callAndWait(server: ServerProcess): Promise<void> {
    calls += 1;
    const call = { name: 'work', arguments: { call: calls } };
    await mcp(server.url, 'resumed', 'tools/call', call, key);
  }

  /** A call that waited for an approval, which was given. */
  async function startResumed(server: ServerProcess): Promise<string> {
    await callAndWait(server);
    const { items } = (await browser.get('/projects/resumed/approvals?status=pending')).body;
    const decided = await browser.post(`/projects/resumed/approvals/${items[0].id}/decision`, {
      approved: true,
    });
    expect(decided.status).toBe(200);
    return items[0].runId;
  }

  async function ended(slug: string, runId: string) {
    return eventually(async () => {
      const { body } = await browser.get(`/projects/${slug}/runs/${runId}`);
      return !['running', 'queued', 'suspended'].includes(body.status) && body;
    });
  }

  const whole = (body: JsonObject) => {
    expect(body).toMatchObject({
      status: 'succeeded',
      output: { parts: [{ type: 'text', text: '15' }] },
    });
    const steps = body['steps'] as { key: string; status: string }[];
    const keys = steps.map((step) => `${step.key} ${step.status}`);
    expect(keys.filter((one) => !one.startsWith('consent'))).toEqual(
      ['input', ...STEPS, 'answer'].map((step) => `${step} succeeded`),
    );
  };

  it.each(['background', 'resumed'])(
    'between any two steps of a %s run repeats none that has finished',
    async (slug) => {
      sink.clear();
      let server = await start();
      const runId = slug === 'background' ? await startBackground() : await startResumed(server);
      for (const step of STEPS) {
        // The one before has finished; this one has begun, and is interrupted.
        expect((await sink.next()).step).toBe(step);
        await stop(server);
        await leasesRunOut();
        server = await start();
        const again = await sink.next();
        expect(again.step).toBe(step);
        again.answer();
      }
      whole(await ended(slug, runId));
      expect(sink.counts()).toEqual(Object.fromEntries(STEPS.map((step) => [step, 2])));
      await stop(server, 'SIGTERM');
    },
  );

  it('as soon as a step was answered repeats that one at most', async () => {
    sink.clear();
    let server = await start();
    const runId = await startBackground();
    for (const step of STEPS.slice(0, 3)) {
      for (let asks = await sink.next(); ; asks = await sink.next()) {
        asks.answer();
        if (asks.step === step) break;
      }
      await stop(server);
      await leasesRunOut();
      server = await start();
    }
    for (let asks = await sink.next(); ; asks = await sink.next()) {
      asks.answer();
      if (asks.step === 'five') break;
    }
    whole(await ended('background', runId));
    const counts = sink.counts();
    for (const step of STEPS) expect([1, 2]).toContain(counts[step]);
    // The last kill may have met the fourth, but nothing after that.
    expect(counts['five']).toBe(1);
    await stop(server, 'SIGTERM');
  });

  it.each(['background', 'resumed'])(
    'is made up for by another process; of a %s run that two hold, one goes on',
    async (slug) => {
      sink.clear();
      const one = await start();
      const runId = slug === 'background' ? await startBackground() : await startResumed(one);
      (await sink.next()).answer();
      const interrupted = await sink.next();
      expect(interrupted.step).toBe('two');
      // It is not dead, only silent for too long.
      one.signal('SIGSTOP');
      await leasesRunOut();
      const two = await start();
      const again = await sink.next();
      expect(again.step).toBe('two');
      one.signal('SIGCONT');
      interrupted.answer();
      again.answer();
      for (const step of STEPS.slice(2)) {
        const asks = await sink.next();
        expect(asks.step).toBe(step);
        asks.answer();
      }
      whole(await ended(slug, runId));
      expect(sink.counts()).toEqual({ one: 1, two: 2, three: 1, four: 1, five: 1 });
      await stop(one, 'SIGTERM');
      await stop(two, 'SIGTERM');
    },
  );

  it('while a run waits loses nothing of it', async () => {
    sink.clear();
    const one = await start();
    await callAndWait(one);
    await stop(one);
    const two = await start();
    const { items } = (await browser.get('/projects/resumed/approvals?status=pending')).body;
    const at = `/projects/resumed/approvals/${items[0].id}/decision`;
    expect((await browser.post(at, { approved: true })).status).toBe(200);
    for (const step of STEPS) {
      const asks = await sink.next();
      expect(asks.step).toBe(step);
      asks.answer();
    }
    whole(await ended('resumed', items[0].runId));
    await stop(two, 'SIGTERM');
  });

  it('right after a decision was acknowledged keeps the decision', async () => {
    sink.clear();
    const one = await start();
    const runId = await startResumed(one);
    await stop(one);
    await leasesRunOut();
    const two = await start();
    const seen = new Set<string>();
    while (!seen.has('five')) {
      const asks = await sink.next();
      seen.add(asks.step);
      asks.answer();
    }
    whole(await ended('resumed', runId));
    await stop(two, 'SIGTERM');
  });
});
