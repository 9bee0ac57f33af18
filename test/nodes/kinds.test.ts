import { existsSync, readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import type { Capabilities } from '#lib/engine/capabilities.ts';
import type { NodeKind } from '#lib/engine/kind.ts';
import { kinds } from '#lib/nodes/index.ts';
import { createSandbox } from '#lib/sandbox/pool.ts';
import { exampleDocument } from '#lib/workflow/example.ts';
import { NODE_KEY } from '#lib/workflow/name-patterns.ts';
import { compileSchema } from '#lib/workflow/validator.ts';
import { exampleCapabilities, runExample, withCapabilities } from './run-example.ts';

// What every kind promises. A kind's own test holds only what is special to it.

const all = [...kinds.values()];
const root = new URL('../../', import.meta.url);
const sandbox = createSandbox({ log() {} });
afterAll(() => sandbox.close());
const world = exampleCapabilities(sandbox);

test('a kind is a file of its own name and a line in the index', () => {
  // A kind that is too much for one file keeps its parts in a folder of its name.
  const files = readdirSync(new URL('lib/nodes', root)).filter(
    (file) => file !== 'index.ts' && !kinds.has(file),
  );
  expect(files.sort()).toEqual([...kinds.keys()].map((type) => `${type}.ts`).sort());
});

test('a step that reaches for what its kind does not declare is found (positive control)', async () => {
  const http = kinds.get('http')!;
  const used = new Set<string>();
  const running = runExample(http, world, {
    around: (kind, context, run) =>
      run(
        withCapabilities(context, () =>
          kind.type === 'http'
            ? guarded({ ...kind, needs: [] }, context.capabilities, used)
            : context.capabilities,
        ),
      ),
  });
  expect((await running).result.status).toBe('failed');
  expect([...used]).toEqual(['http']);
});

test('there is one start', () => {
  expect(all.filter(({ role }) => role === 'start').map(({ type }) => type)).toEqual(['input']);
});

describe.each(all.map((kind) => [kind.type, kind] as const))('%s', (type, kind) => {
  const config = kind.config.parse(kind.initial);
  const source = readFileSync(new URL(`lib/nodes/${type}.ts`, root), 'utf8');

  test('is named and described for palette and docs', () => {
    expect(kind.type).toMatch(/^[a-z][a-z0-9-]*$/);
    expect(kind.title).toMatch(/^[A-Z]/);
    expect(kind.summary).toMatch(/^[A-Z].{10,100}\.$/);
    expect(kind.initialKey).toMatch(NODE_KEY);
    expect(existsSync(new URL(`node_modules/lucide-react/dist/esm/icons/${kind.icon}.mjs`, root))).toBe(true);
  });

  test('has a form: a schema whose every field has a title', () => {
    const schema = z.toJSONSchema(kind.config, { io: 'input' });
    expect(schema.type).toBe('object');
    expect(schema.additionalProperties).toBe(false);
    for (const [name, field] of Object.entries(schema.properties ?? {})) {
      expect(field, name).toMatchObject({ title: expect.stringMatching(/^[A-Z]/) });
    }
  });

  test('refuses fields it does not know', () => {
    const parsed = kind.config.safeParse({ ...(kind.initial as object), surprise: 1 });
    expect(parsed.success).toBe(false);
  });

  test('a new node has no errors, unless something of the project has to be chosen first', () => {
    const errors = (kind.check?.(config) ?? []).filter(
      ({ severity, code }) => severity === 'error' && !code.endsWith('_not_chosen'),
    );
    expect(errors).toEqual([]);
  });

  test('says its handles, what it leaves behind and what is on its card', () => {
    const handles = kind.handles(config);
    const ids = handles.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    // The compiler adds the handle for errors.
    expect(ids).not.toContain('error');
    expect(ids.length === 0).toBe(kind.role === 'end');
    if (handles.length > 1) for (const { label } of handles) expect(label).toMatch(/\S/);
    expect(JSON.parse(JSON.stringify(kind.outputSchema(config)))).toEqual(kind.outputSchema(config));
    expect(kind.describe(config)).toMatch(/^\S[^\n]{0,59}$/);
  });

  test('the contract’s schemas are objects', () => {
    expect(kind.contractInput === undefined).toBe(kind.role !== 'start');
    const schema = kind.contractInput?.(config) ?? kind.contractOutput?.(config);
    if (schema) expect(schema['type']).toBe('object');
  });

  test('its config refuses garbage, and what it takes it can be asked about', () => {
    const fields = Object.keys((kind.initial ?? {}) as object);
    const schema = z.toJSONSchema(kind.config, { io: 'input' });
    for (const field of new Set([...fields, ...Object.keys(schema.properties ?? {})])) {
      for (const odd of NEVER) {
        const taken = kind.config.safeParse({ ...(kind.initial as object), [field]: odd });
        expect(taken.success, `${field}: ${String(odd)}`).toBe(false);
      }
      fc.assert(
        fc.property(hostile, (value) => {
          const given = { ...(kind.initial as object), [field]: value };
          const taken = kind.config.safeParse(given);
          if (!taken.success) return;
          // What is taken is stored as JSON, and taken again when it is read.
          const stored: unknown = JSON.parse(JSON.stringify(taken.data));
          expect(kind.config.safeParse(stored).success, JSON.stringify(stored)).toBe(true);
          expect(kind.describe(taken.data as never)).toMatch(/^\S?[^\n]{0,59}$/);
          expect(Array.isArray(kind.handles(taken.data as never))).toBe(true);
          expect(typeof kind.outputSchema(taken.data as never)).toBe('object');
          kind.check?.(taken.data as never);
          kind.join?.(taken.data as never);
          kind.requires?.(taken.data as never);
          kind.contractOutput?.(taken.data as never);
        }),
        { numRuns: 100, seed: 7 },
      );
    }
  });

  test('in its example, every step leaves by a handle it has and a value of the shape it says', async () => {
    const { events } = await runExample(kind, world);
    const nodes = new Map(exampleDocument(type, kind.example).nodes.map((node) => [node.id, node]));
    const seen = new Set<string>();
    for (const event of events) {
      if (event.type !== 'step.finished') continue;
      const node = nodes.get(event.nodeId)!;
      const shown = kinds.get(node.kind)!;
      const settings = shown.config.parse(node.config) as never;
      seen.add(node.kind);
      const ids = shown
        .handles(settings)
        .map(({ id }) => id)
        .filter((id) => id !== shown.body?.handle);
      if (event.handle !== undefined) expect(ids, event.key).toContain(event.handle);
      else expect(ids.length, `${event.key} names no handle of ${ids}`).toBeLessThan(2);
      expect(compileSchema(shown.outputSchema(settings))(event.value), event.key).toBe(null);
    }
    if (type !== 'fail') expect([...seen]).toContain(type);
  });

  test('in its example, no step reaches for what its kind does not declare', async () => {
    const used = new Map<string, Set<string>>();
    const { events, result } = await runExample(kind, world, {
      around: (shown, context, run) =>
        run(
          withCapabilities(context, () => {
            const names = used.get(shown.type) ?? new Set();
            used.set(shown.type, names);
            return guarded(shown, context.capabilities, names);
          }),
        ),
    });
    expect(result.misses).toEqual([]);
    const reached = [...(used.get(type) ?? [])];
    expect(reached.filter((name) => !(kind.needs as readonly string[]).includes(name))).toEqual([]);
    const nodes = new Map(exampleDocument(type, kind.example).nodes.map((node) => [node.id, node.kind]));
    for (const event of events) {
      if (event.type === 'log') expect(kinds.get(nodes.get(event.nodeId)!)!.needs).toContain('log');
    }
    const tells = [...nodes.values()].some((shown) => kinds.get(shown)!.needs.includes('progress'));
    if (!tells) expect(events.filter((event) => event.type === 'progress')).toEqual([]);
  });

  test.runIf(kind.needs.some((name) => STOPPABLE.has(name)))('ends when it is aborted', async () => {
    const abort = new AbortController();
    const asked = Promise.withResolvers<void>();
    let ended: Promise<unknown> | undefined;
    const running = runExample(kind, world, {
      signal: abort.signal,
      around: (shown, context, run) => {
        if (shown.type !== type) return run(context);
        const never = hanging(context.capabilities, asked.resolve);
        const outcome = Promise.resolve(run(withCapabilities(context, () => never)));
        ended = outcome.then(
          () => 'succeeded',
          () => 'failed',
        );
        return outcome;
      },
    });
    await Promise.race([asked.promise, running]);
    expect(ended, 'the kind was run').toBeDefined();
    expect(await Promise.race([ended, turns(3)])).toBe('under way');
    abort.abort(new Error('cancelled'));
    expect(await Promise.race([ended, turns(50)])).toBe('failed');
    expect((await running).result.status).toBe('cancelled');
  });

  test('says which capabilities it uses', () => {
    const used = new Set([
      ...[
        ...source.matchAll(
          /capabilities\.(http|code|knowledge|files|store|sql|mcp|workflows|parse|schemas|news)\b/g,
        ),
      ].map(([, name]) => name),
      ...[...source.matchAll(/context\.(progress|log)\(/g)].map(([, name]) => name),
    ]);
    expect([...kind.needs].sort()).toEqual([...used].sort());
  });

  test('can be shown in a browser: it imports nothing of Node', () => {
    // What the compiler brings to the browser anyway.
    const there = ['zod', 'acorn', 're2js', 'ajv/dist/2020.js', 'ajv-formats'];
    expect(importsOf(`lib/nodes/${type}.ts`).filter((name) => !there.includes(name))).toEqual([]);
  });
});

/** What no field of a document can hold. */
const NEVER = [() => 1, Symbol('x'), 1n, Number.NaN, new Map([['a', 1]]), new Date(0)];

const hostile = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }),
  fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withNullPrototype: true }),
  fc.constantFrom(
    '',
    ' ',
    '{{',
    '{{ }}',
    '{{ input.a }}',
    '{{ __proto__ }}',
    '\0',
    '\ud800',
    '\u202e',
    'x'.repeat(100_000),
    -1,
    1e308,
    -0,
    0.5,
    [],
    {},
    [[]],
    [{}],
    JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{}}}') as unknown,
    { type: 'object', properties: { a: { $ref: '#' } } },
    { type: '__proto__' },
    { toString: 1, length: -1 },
  ),
  fc.array(fc.record({ type: fc.string(), path: fc.string(), value: fc.jsonValue() }), { maxLength: 4 }),
);

const FREE = new Set(['now', 'random', 'sleep']);

/** Capabilities that write down what is taken of them, and refuse what the kind did not declare. */
function guarded(kind: NodeKind, capabilities: Capabilities, used: Set<string>): Capabilities {
  return new Proxy(capabilities, {
    get: (target, name: keyof Capabilities) => {
      if (FREE.has(name)) return target[name];
      used.add(name);
      if (!(kind.needs as readonly string[]).includes(name)) throw new Error(`${kind.type} took ${name}`);
      return target[name];
    },
  });
}

/** Capabilities whose calls take a signal: a step that waits for one ends with it. */
const STOPPABLE = new Set<string>(['http', 'code', 'knowledge', 'sql', 'mcp', 'workflows', 'parse']);

/** Capabilities that never answer, and give up when they are told to. */
function hanging(capabilities: Capabilities, asked: () => void): Capabilities {
  const call = (...given: unknown[]) =>
    new Promise<never>((_, reject) => {
      const signal = given.find((value) => value instanceof AbortSignal);
      signal?.addEventListener('abort', () => reject(signal.reason));
      asked();
    });
  return new Proxy(capabilities, {
    get: (target, name: keyof Capabilities) =>
      STOPPABLE.has(name) ? new Proxy({}, { get: () => call }) : target[name],
  });
}

/** Turns of the event loop in place of time: what is aborted needs no more of them. */
async function turns(count: number): Promise<'under way'> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
  return 'under way';
}

/** Packages that a file and what it imports from us need at run time. */
function importsOf(start: string): string[] {
  const packages = new Set<string>();
  const seen = new Set([start]);
  for (const file of seen) {
    const text = readFileSync(new URL(file, root), 'utf8');
    for (const [, name = ''] of text.matchAll(/^import (?!type)[^;]*?from '([^']+)'/gm)) {
      if (name.startsWith('#')) seen.add(name.slice(1));
      else if (name.startsWith('.'))
        seen.add(new URL(name, new URL(file, root)).pathname.slice(root.pathname.length));
      else packages.add(name);
    }
  }
  return [...packages];
}
