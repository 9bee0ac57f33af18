import { pino } from 'pino';
import { describe, expect, it, vi } from 'vitest';
import type { LiveRelease } from '#lib/db/projects.ts';
import { kinds } from '#lib/nodes/index.ts';
import { createLiveProjects } from '#lib/operations/live-projects.ts';
import { compile } from '#lib/workflow/compile.ts';
import { DEFAULT_GUARD } from '#lib/workflow/guard-settings.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import { DEFAULT_LIMITS, NO_CEILING } from '#lib/workflow/limits.ts';
import { echo } from './support/workflows.ts';

/** The database as far as it is read here: what is stored, how often it was asked, and a way to make it slow. */
function newWorld() {
  const listeners = new Map<string, Set<(payload: JsonValue) => void>>();
  const world = {
    stored: release(1) as LiveRelease | null,
    reads: 0,
    gate: Promise.resolve(),
    publish(topic: string, payload: JsonValue) {
      for (const listener of listeners.get(topic) ?? []) listener(payload);
    },
  };
  const live = createLiveProjects({
    async load() {
      world.reads += 1;
      const { stored } = world;
      await world.gate;
      return stored;
    },
    events: {
      subscribe(topic, listener) {
        const all = listeners.get(topic) ?? new Set();
        listeners.set(topic, all.add(listener));
        return () => all.delete(listener);
      },
    },
    log: pino({ level: 'silent' }),
  });
  return { world, live };
}

function release(number: number, document: object = echo): LiveRelease {
  const { contract } = compile(echo, kinds);
  return {
    id: 'p1',
    organizationId: 'o1',
    slug: 'shop',
    name: 'Shop',
    instructions: '',
    access: 'key',
    env: {},
    offersKnowledge: false,
    viewerCalls: 'reads',
    clientRules: [],
    toolsets: [],
    icon: '',
    resultBudget: 100_000,
    limits: DEFAULT_LIMITS,
    ceiling: NO_CEILING,
    guard: DEFAULT_GUARD,
    auditCalls: 'writes',
    asksCallers: false,
    release: number,
    versions: [
      {
        workflowId: 'w1',
        versionId: `v${number}`,
        version: number,
        document: document as JsonValue,
        contract: contract!,
      },
    ],
  };
}

describe('live projects', () => {
  it('are read once, however many ask at the same time', async () => {
    const { world, live } = newWorld();
    const projects = await Promise.all(Array.from({ length: 50 }, () => live.get('shop')));
    await live.get('shop');
    expect(new Set(projects).size).toBe(1);
    expect(world.reads).toBe(1);
    expect(projects[0]?.workflows.get('echo')?.validateInput({ text: 'x' })).toBeNull();
  });

  it('are read again after a release, whether the news names the slug or the id', async () => {
    const { world, live } = newWorld();
    expect((await live.get('shop'))?.release).toBe(1);
    world.stored = release(2);
    expect((await live.get('shop'))?.release).toBe(1);
    world.publish('release.changed', { projectId: 'p1' });
    expect((await live.get('shop'))?.release).toBe(2);
    world.stored = release(3);
    world.publish('release.changed', { projectId: 'p1', slug: 'shop' });
    expect((await live.get('shop'))?.release).toBe(3);
    world.stored = release(4);
    world.publish('database.changed', null);
    expect((await live.get('shop'))?.release).toBe(4);
  });

  it('do not keep what was read before the news came', async () => {
    const { world, live } = newWorld();
    let go = () => {};
    world.gate = new Promise((resolve) => {
      go = resolve;
    });
    const early = live.get('shop');
    world.stored = release(2);
    world.publish('release.changed', { projectId: 'p1' });
    const late = live.get('shop');
    go();
    expect((await early)?.release).toBe(1);
    expect((await late)?.release).toBe(2);
    expect((await live.get('shop'))?.release).toBe(2);
  });

  it('are not affected by news of others', async () => {
    const { world, live } = newWorld();
    await live.get('shop');
    world.publish('release.changed', { projectId: 'p2' });
    world.publish('project.changed', { projectId: 'p3', slug: 'other' });
    await live.get('shop');
    expect(world.reads).toBe(1);
  });

  it('compile a version once, whatever else a release changes', async () => {
    const { world, live } = newWorld();
    const before = (await live.get('shop'))?.workflows.get('echo');
    const plan = before?.plan;
    world.stored = { ...release(1), release: 2 };
    world.publish('release.changed', { projectId: 'p1' });
    const after = (await live.get('shop'))?.workflows.get('echo');
    expect(after).toBe(before);
    expect(after?.plan).toBe(plan);
  });

  it('list a version that this program cannot run, and refuse to run it', async () => {
    const { world, live } = newWorld();
    world.stored = release(1, { ...echo, nodes: [] });
    const workflow = (await live.get('shop'))?.workflows.get('echo');
    expect(workflow?.contract.name).toBe('echo');
    expect(() => workflow?.plan).toThrow('does not compile');
  });

  it('remember an address that is not there, until a project is made', async () => {
    const { world, live } = newWorld();
    world.stored = null;
    for (let times = 0; times < 3; times += 1) expect(await live.get('shop')).toBeNull();
    expect([world.reads, live.needsRead('shop'), live.needsRead('other')]).toEqual([1, false, true]);
    world.stored = release(1);
    world.publish('project.changed', { projectId: 'p1', slug: 'shop' });
    expect((await live.get('shop'))?.release).toBe(1);
    expect([world.reads, live.needsRead('shop')]).toEqual([2, false]);
  });

  it('do not remember for nothing what was made while it was looked for', async () => {
    const { world, live } = newWorld();
    world.stored = null;
    let go = () => {};
    world.gate = new Promise((resolve) => {
      go = resolve;
    });
    const early = live.get('shop');
    world.stored = release(1);
    world.publish('project.changed', { projectId: 'p1', slug: 'shop' });
    go();
    expect(await early).toBeNull();
    expect((await live.get('shop'))?.release).toBe(1);
  });

  it('stay in memory, however many addresses are guessed', async () => {
    const { world, live } = newWorld();
    await live.get('shop');
    world.stored = null;
    await Promise.all(Array.from({ length: 6000 }, (_, number) => live.get(`guess-${number}`)));
    expect([live.needsRead('shop'), live.needsRead('guess-5999'), live.needsRead('guess-0')]).toEqual([
      false,
      false,
      true,
    ]);
  });

  it('look again for an address after ten seconds', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { world, live } = newWorld();
    world.stored = null;
    await live.get('shop');
    vi.setSystemTime(Date.now() + 10_001);
    await live.get('shop');
    vi.useRealTimers();
    expect(world.reads).toBe(2);
  });
});
