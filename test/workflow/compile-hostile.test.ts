import { describe, expect, it, test } from 'vitest';
import type { NodeKind } from '#lib/engine/kind.ts';
import { kinds } from '#lib/nodes/index.ts';
import { compile } from '#lib/workflow/compile.ts';
import type { WorkflowDocument } from '#lib/workflow/document.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import { scopeAt } from '#lib/workflow/scope.ts';
import { answers, asks, documentOf, inside, loops, type Step, sets, takes } from './documents.ts';
import { pick, seeded } from './random.ts';

// Imported documents are written by anybody: compile takes any value, throws nothing and ends soon.

/** Compiles; what every answer must satisfy. */
function checked(document: unknown) {
  const compiled = compile(document, kinds);
  const errors = compiled.problems.filter(({ severity }) => severity === 'error');
  expect(compiled.plan === null).toBe(errors.length > 0);
  expect(compiled.contract === null).toBe(errors.length > 0);
  return { ...compiled, errors };
}

describe('values that are no documents', () => {
  test.each<[string, unknown]>([
    ['undefined', undefined],
    ['a number', 7],
    ['a list', []],
    ['a list of documents', [documentOf({}, [])]],
    ['a date', new Date()],
    ['nodes that are a text', documentOf({}, [], { nodes: 'x' })],
    ['nodes that are null', documentOf({}, [], { nodes: [null, 1, 'x'] })],
    ['edges without ends', documentOf({}, [], { edges: [{}] })],
    [
      'a position that is not finite',
      documentOf({ a: { ...sets({}), position: { x: Number.NaN, y: Infinity } } }, []),
    ],
    ['a config that is a list', documentOf({ a: { kind: 'set', config: [] as never } }, [])],
    [
      'a config with a function',
      documentOf({ a: { kind: 'set', config: { values: { f: (() => 1) as never } } } }, []),
    ],
    [
      'too many nodes',
      documentOf(Object.fromEntries(Array.from({ length: 1001 }, (_, n) => [`n${n}`, sets({})])), []),
    ],
    ['too many values', documentOf({ a: sets({ list: Array.from({ length: 600_000 }, () => 0) }) }, [])],
  ])('%s', (_, value) => {
    expect(checked(value).errors.length).toBeGreaterThan(0);
  });

  it('nested deeper than any recursion bears', () => {
    let deep: JsonValue = 1;
    for (let level = 0; level < 200_000; level += 1) deep = [deep];
    const { errors } = checked(documentOf({ a: sets({ deep }) }, []));
    expect(errors[0]?.message).toBe('The document is nested deeper than 64.');
  });

  it('with names that lead to prototypes', () => {
    const text = JSON.stringify(
      documentOf({ start: takes(), a: sets({ PROTO: { polluted: 1 } }), end: answers('x') }, [
        'start -> a',
        'a -> end',
      ]),
    ).replaceAll('PROTO', '__proto__');
    const spoilt = [
      text,
      text.replaceAll('"__proto__"', '"a"').replace('"nodes"', '"__proto__":{"polluted":1},"nodes"'),
    ];
    for (const json of spoilt) {
      expect(checked(JSON.parse(json)).errors[0]?.message).toBe(
        'The document has a member named "__proto__".',
      );
    }
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    const named = (key: string) =>
      documentOf({ start: takes(), a: { ...sets({}), key }, end: answers('x') }, ['start -> a', 'a -> end']);
    for (const key of ['__proto__', 'constructor', 'prototype', '', '.', '$ref', 'a b', 'ü', '\u202e']) {
      expect(checked(named(key)).errors.map(({ code }) => code)).toEqual(['key_invalid']);
    }
    for (const handle of ['__proto__', 'constructor', 'toString']) {
      expect(
        checked(documentOf({ start: takes(), end: answers('x') }, ['start -> end', `start:${handle} -> end`]))
          .errors,
      ).toMatchObject([{ code: 'edge_handle' }]);
    }
    for (const kind of ['__proto__', 'constructor', 'toString']) {
      expect(
        checked(documentOf({ start: takes(), a: { kind, config: {} }, end: answers('x') }, ['start -> end']))
          .errors,
      ).toMatchObject([{ code: 'unknown_kind' }]);
    }
  });
});

describe('a document that was spoilt somewhere', () => {
  const good = documentOf(
    {
      start: takes({ text: { type: 'string' }, n: { type: 'number' } }),
      first: sets({ a: '{{ input.text }}', b: [1, { c: '{{ input.n + 1 }}' }] }),
      check: asks('{{ steps.first.a }}'),
      call: {
        kind: 'http',
        config: {
          url: 'https://a.example/{{ urlEncode(input.text) }}',
          body: { type: 'json', value: { a: 1 } },
        },
      },
      loop: loops('{{ steps.first.b }}', { collect: '{{ steps.within.a }}' }),
      within: inside('loop', sets({ a: '{{ steps.loop.item.c }}' }, { undo: 'id-back' })),
      deeper: inside('loop', loops('{{ 3 }}')),
      deepest: inside('deeper', sets({ a: '{{ steps.deeper.index + steps.loop.index }}' })),
      back: inside('loop', sets({ a: '{{ steps.within.a }}' })),
      end: answers('{{ steps.call?.body }}', { value: { a: '{{ steps.first.a }}' } }),
    },
    [
      'start -> first',
      'first -> check',
      'check:true -> call',
      'check:false -> end',
      'call -> loop',
      'loop:each -> within',
      'within -> deeper',
      'deeper:each -> deepest',
      'loop -> end',
    ],
  );

  it('is good before (positive control)', () => {
    expect(checked(good).errors).toEqual([]);
  });

  it('never makes compile throw', () => {
    const random = seeded(11);
    const junk: unknown[] = [
      null,
      undefined,
      true,
      -1,
      1e308,
      Number.NaN,
      '',
      '{{',
      '{{ }}',
      '{{ steps.first }}',
      '{{ nope',
      '\u0000',
      '__proto__',
      [],
      [[]],
      {},
      { type: 'json' },
      { $ref: '#' },
      'x'.repeat(10_000),
      () => 1,
      Symbol('x'),
      10n,
      new Map(),
      'id-start',
      'out',
    ];
    let broken = 0;
    for (let round = 0; round < 1500; round += 1) {
      const copy = structuredClone(good) as unknown;
      for (let times = 0; times < 1 + Math.floor(random() * 3); times += 1)
        spoil(copy, pick(random, junk), random);
      if (checked(copy).errors.length > 0) broken += 1;
    }
    expect(broken).toBeGreaterThan(1000);
  });
});

/** Puts junk in a random place, or takes something away. */
function spoil(value: unknown, junk: unknown, random: () => number): void {
  let at = value as Record<string, unknown>;
  for (;;) {
    const names = Object.keys(at);
    if (names.length === 0) return;
    const name = pick(random, names);
    const member = at[name];
    if (typeof member === 'object' && member !== null && random() < 0.85) {
      at = member as Record<string, unknown>;
      continue;
    }
    if (random() < 0.15) delete at[name];
    else if (random() < 0.1) at[`${name}x`] = junk;
    else at[name] = junk;
    return;
  }
}

describe('a document as large as they come', () => {
  /** `count` steps in a chain, with `more` edges from each to earlier ones, half of them conditions. */
  function large(count: number, more: number): WorkflowDocument {
    const random = seeded(3);
    const steps: Record<string, Step> = { start: takes() };
    const edges: string[] = [];
    const out = (index: number, way: string) => (index % 2 === 0 ? `n${index}:${way}` : `n${index}`);
    for (let index = 0; index < count - 2; index += 1) {
      const earlier =
        index > 1
          ? `{{ steps.n${index % 2 === 0 ? index - 1 : index - 2}?.a ?? input.text }}`
          : '{{ input.text }}';
      steps[`n${index}`] =
        index % 2 === 0 ? asks(earlier) : sets({ a: earlier, b: 'and {{ input.text.length * 2 }}' });
      edges.push(index === 0 ? 'start -> n0' : `${out(index - 1, 'true')} -> n${index}`);
      for (let times = 0; times < more && index > 0; times += 1) {
        edges.push(`${out(Math.floor(random() * index), random() < 0.5 ? 'true' : 'false')} -> n${index}`);
      }
    }
    steps['end'] = answers('done');
    edges.push(`${out(count - 3, 'true')} -> end`);
    return documentOf(steps, edges);
  }

  it('compiles, with 1,000 nodes and 5,000 edges', () => {
    const { plan, errors } = checked(large(1000, 4));
    expect(errors).toEqual([]);
    expect(plan?.nodes).toHaveLength(1000);
    const indexes = plan!.nodes.every(({ index, incoming }) => incoming.every(({ from }) => from < index));
    expect(indexes).toBe(true);
  });

  it('asks its kinds twice as much when it is twice as large', () => {
    let asked = 0;
    const counting = new Map(
      [...kinds].map(([type, kind]): [string, NodeKind] => {
        const handles: NodeKind['handles'] = (config) => {
          asked += 1;
          return kind.handles(config);
        };
        const outputSchema: NodeKind['outputSchema'] = (config) => {
          asked += 1;
          return kind.outputSchema(config);
        };
        return [type, { ...kind, handles, outputSchema }];
      }),
    );
    const costOf = (document: WorkflowDocument): number => {
      asked = 0;
      expect(compile(document, counting).plan).not.toBeNull();
      return asked;
    };
    /** Loops, each with two steps inside and reading what the one before it collected. */
    const looped = (count: number): WorkflowDocument => {
      const steps: Record<string, Step> = { start: takes() };
      const edges = ['start -> loop0'];
      for (let index = 0; index < count; index += 1) {
        const list = index === 0 ? '{{ [1] }}' : `{{ steps.loop${index - 1}.items }}`;
        steps[`loop${index}`] = loops(list, { collect: `{{ steps.b${index}.v }}` });
        steps[`a${index}`] = inside(`loop${index}`, sets({ v: `{{ steps.loop${index}.item }}` }));
        steps[`b${index}`] = inside(`loop${index}`, sets({ v: `{{ steps.a${index}.v }}` }));
        const next = index + 1 < count ? `loop${index + 1}` : 'end';
        edges.push(`loop${index}:each -> a${index}`, `a${index} -> b${index}`, `loop${index} -> ${next}`);
      }
      return documentOf({ ...steps, end: answers('x') }, edges);
    };
    const few = costOf(looped(80));
    expect(costOf(looped(160))).toBeLessThan(few * 2.2);
    expect(few).toBeLessThan(240 * 6);
  });

  it('has a scope, with a thousand steps in it', () => {
    expect(scopeAt(large(1000, 0), 'id-end', kinds)).toHaveLength(999);
  });

  /** A thousand loops, each inside the one that `holder` says; -1 for outside. */
  function nested(holder: (index: number) => number, reads = '{{ [1] }}'): WorkflowDocument {
    const loop = (index: number): Step => {
      const around = holder(index);
      const step = loops(reads.replaceAll('#', String(around)));
      return around < 0 ? loops('{{ [1] }}') : inside(`n${around}`, step);
    };
    const count = 998;
    const steps = Object.fromEntries(Array.from({ length: count }, (_, index) => [`n${index}`, loop(index)]));
    const edges = Array.from({ length: count }, (_, index) =>
      holder(index) < 0 ? `start -> n${index}` : `n${holder(index)}:each -> n${index}`,
    );
    return documentOf({ start: takes(), ...steps, end: answers('x') }, [...edges, 'start -> end']);
  }

  it('has a problem when it is nested a thousand deep, in either order', () => {
    for (const holder of [(index: number) => index - 1, (index: number) => (index < 997 ? index + 1 : -1)]) {
      const document = nested(holder);
      expect(checked(document).errors).toMatchObject([{ code: 'container_depth' }]);
      expect(scopeAt(document, 'id-n500', kinds)).toEqual([]);
    }
  });

  it('has a problem when its containers stand in each other, however many', () => {
    const { errors } = checked(nested((index) => (index + 1) % 998));
    expect(errors.map(({ code }) => code)).toEqual(['parent_cycle', 'cycle']);
  });

  it('may have a thousand containers, in each other as deep as they may and after each other', () => {
    const document = nested((index) => (index % 9 === 0 ? -1 : index - 1), '{{ [steps.n#.item] }}');
    expect(checked(document).errors).toEqual([]);
    expect(scopeAt(document, 'id-n8', kinds)).toHaveLength(9);
    const chain = Object.fromEntries(
      Array.from({ length: 998 }, (_, index) => [
        `n${index}`,
        loops(index === 997 ? '{{ [1] }}' : `{{ steps.n${index + 1}.items }}`, {
          collect: `{{ steps.n${index}.item }}`,
        }),
      ]),
    );
    const edges = Array.from({ length: 998 }, (_, index) =>
      index === 997 ? 'start -> n997' : `n${index + 1} -> n${index}`,
    );
    const long = documentOf({ start: takes(), ...chain, end: answers('x') }, [...edges, 'n0 -> end']);
    expect(checked(long).errors).toEqual([]);
  });

  it('may name a thousand steps to take others back', () => {
    const steps = Object.fromEntries(
      Array.from({ length: 998 }, (_, index) => [
        `n${index}`,
        index % 2 === 0 ? sets({}, { undo: `id-n${index + 1}` }) : sets({ v: `{{ steps.n${index - 1} }}` }),
      ]),
    );
    const edges = Array.from({ length: 499 }, (_, half) =>
      half === 0 ? 'start -> n0' : `n${half * 2 - 2} -> n${half * 2}`,
    );
    const document = documentOf({ start: takes(), ...steps, end: answers('x') }, [...edges, 'n996 -> end']);
    const { errors, plan } = checked(document);
    expect(errors).toEqual([]);
    expect(plan!.nodes.filter(({ undo }) => undo)).toHaveLength(499);
  });

  it('has its circle found, however long', () => {
    const count = 998;
    const steps = Object.fromEntries(Array.from({ length: count }, (_, n) => [`n${n}`, sets({})]));
    const edges = Array.from({ length: count }, (_, n) => `n${n} -> n${(n + 1) % count}`);
    const { errors } = checked(
      documentOf({ start: takes(), ...steps, end: answers('x') }, ['start -> n0', ...edges, 'n5 -> end']),
    );
    expect(errors).toMatchObject([{ code: 'cycle' }]);
    expect(errors[0]!.message.length).toBeLessThan(300);
  });

  it('may hold as many texts as fit', () => {
    const values = Object.fromEntries(
      Array.from({ length: 20_000 }, (_, n) => [`v${n}`, `{{ input.text + ${n} }}`]),
    );
    const { errors } = checked(
      documentOf({ start: takes(), a: sets(values), end: answers('x') }, ['start -> a', 'a -> end']),
    );
    expect(errors).toEqual([]);
  });

  it('says the same however often and in whatever order it is compiled', () => {
    const document = large(60, 2);
    const first = compile(document, kinds);
    const again = compile(structuredClone(document), kinds);
    expect(again.problems).toEqual(first.problems);
    expect(again.plan!.nodes.map(({ key }) => key)).toEqual(first.plan!.nodes.map(({ key }) => key));
  });
});
