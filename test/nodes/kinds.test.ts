import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { kinds } from '#lib/nodes/index.ts';
import { NODE_KEY } from '#lib/workflow/document.ts';

// What every kind promises. A kind's own test holds only what is special to it.

const all = [...kinds.values()];
const root = new URL('../../', import.meta.url);

test('a kind is a file of its own name and a line in the index', () => {
  // A kind that is too much for one file keeps its parts in a folder of its name.
  const files = readdirSync(new URL('lib/nodes', root)).filter(
    (file) => file !== 'index.ts' && !kinds.has(file),
  );
  expect(files.sort()).toEqual([...kinds.keys()].map((type) => `${type}.ts`).sort());
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

  test('says which capabilities it uses', () => {
    const used = new Set([
      ...[
        ...source.matchAll(
          /capabilities\.(http|code|knowledge|files|store|sql|mcp|workflows|parse|schemas)\b/g,
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
