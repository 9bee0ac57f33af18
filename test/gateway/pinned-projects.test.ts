import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import type { LiveRelease } from '#lib/db/projects.ts';
import { kinds } from '#lib/nodes/index.ts';
import { createPinnedProjects } from '#lib/operations/pinned-projects.ts';
import { compile } from '#lib/workflow/compile.ts';
import { DEFAULT_GUARD } from '#lib/workflow/guard-settings.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import { DEFAULT_LIMITS, NO_CEILING } from '#lib/workflow/limits.ts';
import { echo } from './support/workflows.ts';

const LATEST = 500;
/** It is in the numbers, but not there. */
const GONE = 400;

/** Releases of any project, and how often which one was read. */
function newWorld({ workflows = 1 } = {}) {
  const listeners = new Map<string, (payload: JsonValue) => void>();
  const reads: string[] = [];
  const pinned = createPinnedProjects({
    async load(slug, release) {
      reads.push(`${slug}@${release}`);
      return release === GONE ? null : stored(slug, release, workflows);
    },
    latest: {
      get: async (slug) => (slug === 'nothing' ? null : { ...live(slug), workflows: new Map() }),
    },
    events: {
      subscribe(topic, listener) {
        listeners.set(topic, listener);
        return () => {};
      },
    },
    log: pino({ level: 'silent' }),
  });
  const publish = (topic: string, payload: JsonValue) => listeners.get(topic)!(payload);
  return { pinned, reads, publish };
}

const contract = compile(echo, kinds).contract!;

function live(slug: string, release = LATEST) {
  return {
    id: `id of ${slug}`,
    organizationId: 'o1',
    slug,
    name: slug,
    instructions: '',
    access: 'key' as const,
    env: {},
    offersKnowledge: false,
    viewerCalls: 'reads' as const,
    clientRules: [],
    toolsets: [],
    icon: '',
    resultBudget: 100_000,
    limits: DEFAULT_LIMITS,
    ceiling: NO_CEILING,
    guard: DEFAULT_GUARD,
    auditCalls: 'writes' as const,
    asksCallers: false,
    release,
  };
}

function stored(slug: string, release: number, workflows: number): LiveRelease {
  return {
    ...live(slug, release),
    versions: Array.from({ length: workflows }, (_, index) => ({
      workflowId: `w${index}`,
      versionId: `${slug} ${index}`,
      version: 1,
      document: echo as unknown as JsonValue,
      contract: { ...contract, name: `echo_${index}` },
    })),
  };
}

describe('pinned releases in memory', () => {
  it('are read once, and tell that they are pinned', async () => {
    const { pinned, reads } = newWorld();
    const [one, same] = await Promise.all([pinned.get('shop@3'), pinned.get('shop@3')]);
    expect(one).toMatchObject({ slug: 'shop', release: 3, pin: 3 });
    expect(await pinned.get('shop@3')).toBe(one);
    expect(same).toBe(one);
    expect(reads).toEqual(['shop@3']);
  });

  it('are read again when their project changed, with what was compiled of them', async () => {
    const { pinned, reads, publish } = newWorld();
    const before = await pinned.get('shop@3');
    await pinned.get('other@3');
    publish('project.changed', { projectId: 'id of shop' });
    const after = await pinned.get('shop@3');
    await pinned.get('other@3');
    expect(reads).toEqual(['shop@3', 'other@3', 'shop@3']);
    expect(after).not.toBe(before);
    expect(after!.workflows.get('echo_0')).toBe(before!.workflows.get('echo_0'));
    publish('release.changed', { slug: 'other', projectId: 'id of other' });
    await pinned.get('shop@3');
    await pinned.get('other@3');
    expect(reads.slice(3)).toEqual(['other@3']);
  });

  it('are not kept when there are none, and not looked for where there cannot be any', async () => {
    const { pinned, reads } = newWorld();
    expect(await pinned.get(`shop@${GONE}`)).toBeNull();
    expect(await pinned.get(`shop@${GONE}`)).toBeNull();
    expect(reads).toHaveLength(2);
    expect(await pinned.get('nothing@1')).toBeNull();
    expect(await pinned.get(`shop@${LATEST + 1}`)).toBeNull();
    expect(await pinned.get('shop')).toBeNull();
    expect(reads).toHaveLength(2);
    expect(pinned.needsRead('shop@1')).toBe(true);
    await pinned.get('shop@1');
    expect(pinned.needsRead('shop@1')).toBe(false);
  });

  it('are a hundred at most', async () => {
    const { pinned, reads } = newWorld();
    for (let release = 1; release <= 101; release += 1) await pinned.get(`shop@${release}`);
    await pinned.get('shop@2');
    expect(reads).toHaveLength(101);
    await pinned.get('shop@1');
    expect(reads).toHaveLength(102);
  });

  it('have five thousand workflows at most', async () => {
    const { pinned, reads } = newWorld({ workflows: 2000 });
    for (const release of [1, 2, 3]) await pinned.get(`shop@${release}`);
    await pinned.get('shop@2');
    expect(reads).toEqual(['shop@1', 'shop@2', 'shop@3']);
    await pinned.get('shop@1');
    expect(reads).toHaveLength(4);
  });
});
