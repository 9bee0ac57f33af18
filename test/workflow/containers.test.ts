import { describe, expect, it, test } from 'vitest';
import { kinds } from '#lib/nodes/index.ts';
import { compile } from '#lib/workflow/compile.ts';
import type { WorkflowDocument } from '#lib/workflow/document.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import type { Plan, PlanNode } from '#lib/workflow/plan.ts';
import { renameKey } from '#lib/workflow/rename.ts';
import { scopeAt } from '#lib/workflow/scope.ts';
import { answers, asks, documentOf, inside, loops, type Step, sets, takes } from './documents.ts';
import { scope } from './scopes.ts';

const rows = {
  type: 'array',
  items: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] },
};
const ends = { start: takes({ rows }, { required: ['rows'] }), end: answers('done') };

function compiled(steps: Record<string, Step>, edges: string[]) {
  return compile(documentOf(steps, edges), kinds);
}

/** Codes of problems; those of warnings end with `?`. */
function codesOf(document: WorkflowDocument): string[] {
  return compile(document, kinds).problems.map(({ code, severity }) =>
    severity === 'error' ? code : `${code}?`,
  );
}

function nodeOf({ nodes }: { nodes: Plan['nodes'] }, key: string): PlanNode {
  return nodes.find((node) => node.key === key)!;
}

describe('a container', () => {
  const steps = {
    ...ends,
    before: sets({ a: 1 }),
    loop: loops('{{ input.rows }}', { collect: '{{ steps.second.id + steps.loop.index }}' }),
    first: inside('loop', sets({ n: '{{ steps.loop.index }}' })),
    second: inside(
      'loop',
      sets({ id: '{{ steps.loop.item.id }}', a: '{{ steps.before.a + steps.first.n }}' }),
    ),
    after: sets({ all: '{{ steps.loop.items }}' }),
  };
  const edges = [
    'start -> before',
    'before -> loop',
    'loop:each -> first',
    'first -> second',
    'loop -> after',
    'after -> end',
  ];

  it('has a body with an order of its own', () => {
    const { plan, problems } = compiled(steps, edges);
    expect(problems).toEqual([]);
    expect(plan!.nodes.map(({ key, index }) => [key, index])).toEqual([
      ['start', 0],
      ['before', 1],
      ['loop', 2],
      ['after', 3],
      ['end', 4],
    ]);
    const loop = nodeOf(plan!, 'loop');
    expect(loop.outgoing).toEqual([{ to: 3, handle: 'out' }]);
    expect(loop.body!.starts).toEqual([0]);
    expect(loop.body!.nodes).toMatchObject([
      { key: 'first', index: 0, incoming: [], outgoing: [{ to: 1, handle: 'out' }], body: null },
      { key: 'second', index: 1, incoming: [{ from: 0, handle: 'out' }], outgoing: [] },
    ]);
    expect(nodeOf(plan!, 'after').body).toBeNull();
  });

  it('reads its list outside, and what it collects inside', () => {
    const { plan } = compiled(steps, edges);
    const loop = nodeOf(plan!, 'loop');
    const here = scope({
      input: { rows: [{ id: 'x' }] },
      steps: { second: { id: 'x' }, loop: { item: { id: 'x' }, index: 3, count: 4 } },
    });
    expect(loop.resolve(here)).toMatchObject({ list: [{ id: 'x' }], concurrency: 1, onError: 'stop' });
    expect(loop.resolve(here)).not.toHaveProperty('collect');
    expect(loop.body!.collect(here)).toBe('x3');
    const before = scope({ steps: {} });
    expect(() => loop.body!.collect(before)).toThrow(/second/);
  });

  it('collects the value of the last step that ran where nothing is said', () => {
    const branched = {
      ...ends,
      loop: loops('{{ input.rows }}'),
      check: inside('loop', asks('{{ steps.loop.item.id }}')),
      yes: inside('loop', sets({ a: 1 })),
      no: inside('loop', sets({ b: 1 })),
      bad: inside('loop', { kind: 'fail', config: { message: 'x' } }),
    };
    const ways = [
      'start -> loop',
      'loop:each -> check',
      'check:true -> yes',
      'check:false -> no',
      'loop -> end',
    ];
    const { plan, problems } = compiled(branched, [...ways, 'no -> bad']);
    expect(problems).toEqual([]);
    const { collect } = nodeOf(plan!, 'loop').body!;
    expect(collect(scope({ steps: { check: true, yes: { a: 1 } } }))).toEqual({ a: 1 });
    expect(collect(scope({ steps: { check: false } }))).toBeNull();
    const both = nodeOf(compiled(branched, ways).plan!, 'loop').body!.collect;
    expect(both(scope({ steps: { check: false, no: { b: 1 } } }))).toEqual({ b: 1 });
    expect(both(scope({ steps: { check: false, no: null } }))).toBeNull();
    const open = nodeOf(
      compiled(
        branched,
        ways.filter((way) => !way.includes('-> no')),
      ).plan!,
      'loop',
    ).body!;
    expect(open.collect(scope({ steps: { check: true, yes: { a: 1 } } }))).toEqual({ a: 1 });
    expect(open.collect(scope({ steps: { check: false } }))).toBe(false);
  });

  it('collects what a step leaves behind that takes only its errors somewhere', () => {
    const { plan } = compiled(
      {
        ...ends,
        loop: loops('{{ input.rows }}'),
        risky: inside('loop', sets({ a: 1 }, { onError: 'handle' })),
        mend: inside('loop', sets({ b: 1 })),
      },
      ['start -> loop', 'loop:each -> risky', 'risky:error -> mend', 'loop -> end'],
    );
    const { collect } = nodeOf(plan!, 'loop').body!;
    expect(collect(scope({ steps: { risky: { a: 1 } } }))).toEqual({ a: 1 });
    expect(collect(scope({ steps: { risky: { error: {} }, mend: { b: 1 } } }))).toEqual({ b: 1 });
  });

  it('collects the items themselves when nothing is inside, and says that this is odd', () => {
    const { plan, problems } = compiled({ ...ends, loop: loops('{{ [1] }}') }, [
      'start -> loop',
      'loop -> end',
    ]);
    expect(problems).toMatchObject([{ code: 'container_empty', severity: 'warning', nodeId: 'id-loop' }]);
    const { nodes, starts, collect } = nodeOf(plan!, 'loop').body!;
    expect([nodes, starts]).toEqual([[], []]);
    expect(collect(scope({ steps: { loop: { item: 7, index: 0, count: 1 } } }))).toBe(7);
  });

  it('may begin with several steps, some of which wait for others', () => {
    const { plan, problems } = compiled(
      {
        ...ends,
        loop: loops('{{ input.rows }}'),
        a: inside('loop', sets({})),
        b: inside('loop', sets({})),
        c: inside('loop', sets({ v: '{{ steps.b }}' })),
      },
      ['start -> loop', 'loop:each -> c', 'loop:each -> a', 'loop:each -> b', 'b -> c', 'loop -> end'],
    );
    expect(problems).toEqual([]);
    const { nodes, starts } = nodeOf(plan!, 'loop').body!;
    expect(nodes.map(({ key }) => key)).toEqual(['a', 'b', 'c']);
    expect([...starts].sort()).toEqual([0, 1, 2]);
    expect(nodes[2]!.incoming).toEqual([{ from: 1, handle: 'out' }]);
  });

  it('may hold others', () => {
    const { plan, problems } = compiled(
      {
        ...ends,
        outer: loops('{{ input.rows }}', { collect: '{{ steps.inner.items.length }}' }),
        inner: inside('outer', loops('{{ steps.outer.item.list ?? [] }}')),
        deep: inside('inner', sets({ v: '{{ [steps.outer.index, steps.inner.index, input.rows.length] }}' })),
      },
      ['start -> outer', 'outer:each -> inner', 'inner:each -> deep', 'outer -> end'],
    );
    expect(problems.filter(({ code }) => code !== 'expression_unknown_field')).toEqual([]);
    const outer = nodeOf(plan!, 'outer').body!;
    const inner = nodeOf(outer, 'inner').body!;
    expect(outer.nodes.map(({ key }) => key)).toEqual(['inner']);
    expect(inner.nodes.map(({ key }) => key)).toEqual(['deep']);
    const deep = scope({
      input: { rows: [1] },
      steps: { outer: { item: 1, index: 5, count: 9 }, inner: { item: 1, index: 6, count: 9 } },
    });
    expect(inner.nodes[0]!.resolve(deep)).toEqual({ values: { v: [5, 6, 1] } });
  });

  it('is renamed inside and outside of itself', () => {
    const document = documentOf(steps, edges);
    const renamed = renameKey(renameKey(document, 'loop', 'row', kinds), 'second', 'last', kinds);
    expect(codesOf(renamed)).toEqual([]);
    const config = (key: string) => renamed.nodes.find((node) => node.key === key)!.config;
    expect(config('row')).toMatchObject({ collect: '{{ steps.last.id + steps.row.index }}' });
    expect(config('last')).toEqual({
      values: { id: '{{ steps.row.item.id }}', a: '{{ steps.before.a + steps.first.n }}' },
    });
  });
});

describe('problems of containers', () => {
  const steps = {
    ...ends,
    loop: loops('{{ input.rows }}'),
    a: inside('loop', sets({ v: 1 })),
    b: inside('loop', sets({ v: 2 })),
    after: sets({ w: 3 }),
  };
  const edges = ['start -> loop', 'loop:each -> a', 'a -> b', 'loop -> after', 'after -> end'];

  test.each<[string, WorkflowDocument, string[]]>([
    ['none (positive control)', documentOf(steps, edges), []],
    ['a way into a body', documentOf(steps, [...edges, 'start -> b']), ['edge_crosses']],
    ['a way out of a body', documentOf(steps, [...edges, 'b -> after']), ['edge_crosses']],
    ['a way back to the container', documentOf(steps, [...edges, 'b -> loop']), ['edge_crosses']],
    [
      'the way into the body that leads outside',
      documentOf(steps, [...edges, 'loop:each -> after']),
      ['edge_leaves_body'],
    ],
    ['the way on that leads inside', documentOf(steps, [...edges, 'loop -> b']), ['edge_crosses']],
    [
      'ways between two bodies',
      documentOf({ ...steps, other: loops('{{ [1] }}'), c: inside('other', sets({})) }, [
        ...edges,
        'after -> other',
        'other:each -> c',
        'b -> c',
        'other -> end',
        'loop:each -> c',
      ]),
      ['edge_crosses', 'edge_leaves_body'],
    ],
    ['a circle inside', documentOf(steps, [...edges, 'b -> a']), ['cycle']],
    [
      'a step inside that nothing leads to',
      documentOf(
        steps,
        edges.filter((edge) => edge !== 'a -> b'),
      ),
      ['unreachable?'],
    ],
    [
      'a body that nothing leads into',
      documentOf(
        steps,
        edges.filter((edge) => edge !== 'loop:each -> a'),
      ),
      ['unreachable?', 'unreachable?', 'container_empty?'],
    ],
    [
      'a container that nothing leads to',
      documentOf(steps, ['start -> after', 'loop:each -> a', 'a -> b', 'after -> end']),
      ['unreachable?'],
    ],
    ['an answer inside', documentOf({ ...steps, b: inside('loop', answers('x')) }, edges), ['output_inside']],
    [
      'no end but one inside',
      documentOf(
        { ...steps, end: sets({}), b: inside('loop', { kind: 'fail', config: { message: 'x' } }) },
        edges,
      ),
      ['no_end'],
    ],
    [
      'a failure inside',
      documentOf({ ...steps, b: inside('loop', { kind: 'fail', config: { message: 'x' } }) }, edges),
      [],
    ],
    [
      'the start inside',
      documentOf({ ...steps, start: inside('loop', takes()) }, edges),
      ['edge_crosses', 'start_inside'],
    ],
    [
      'a step inside one that holds none',
      documentOf({ ...steps, after: inside('a', sets({})) }, edges),
      ['parent_no_container'],
    ],
    [
      'containers in each other',
      documentOf(
        { ...ends, one: inside('two', loops('{{ [1] }}')), two: inside('one', loops('{{ [1] }}')) },
        ['start -> end'],
      ),
      ['parent_cycle'],
    ],
    [
      'a container in itself',
      documentOf({ ...ends, one: inside('one', loops('{{ [1] }}')) }, ['start -> end']),
      ['parent_cycle'],
    ],
    [
      'a container that is tried again',
      documentOf({ ...steps, loop: { ...steps.loop, settings: { retry: { attempts: 3 } } } }, edges),
      ['container_retry'],
    ],
    [
      'an open way inside, where an item may end',
      documentOf({ ...steps, b: inside('loop', asks('{{ steps.a.v }}')) }, edges),
      [],
    ],
    [
      'a container of an unknown kind',
      documentOf({ ...steps, loop: { kind: 'teleport', config: {} } }, [
        'start -> loop',
        'loop -> after',
        'after -> end',
      ]),
      ['unknown_kind', 'unreachable?', 'unreachable?'],
    ],
    [
      'a container whose config does not fit',
      documentOf({ ...steps, loop: loops('{{ input.rows }}', { concurrency: 99 }) }, edges),
      ['config_invalid'],
    ],
  ])('%s', (_, document, expected) => {
    expect(codesOf(document)).toEqual(expected);
  });

  it('has one for each level that is one too many', () => {
    const nested = (depth: number) => {
      const names = Array.from({ length: depth }, (_, level) => `l${level}`);
      const loopsInside = names.map((name, level) => [
        name,
        level === 0 ? loops('{{ [1] }}') : inside(`l${level - 1}`, loops('{{ [1] }}')),
      ]);
      const ways = names.slice(1).map((name, level) => `l${level}:each -> ${name}`);
      return documentOf({ ...ends, ...Object.fromEntries(loopsInside) }, [
        'start -> l0',
        ...ways,
        'l0 -> end',
      ]);
    };
    expect(codesOf(nested(9))).toEqual(['container_empty?']);
    expect(codesOf(nested(10))).toEqual(['container_depth']);
    expect(codesOf(nested(12))).toEqual(['container_depth']);
  });

  it('says what the ways out are called on the card', () => {
    const { problems } = compiled({ ...ends, check: asks('{{ input.rows }}') }, [
      'start -> check',
      'check:true -> end',
    ]);
    expect(problems[0]?.message).toContain('Nothing follows "otherwise" of "check"');
  });
});

describe('what expressions in and around a container may read', () => {
  const steps = {
    ...ends,
    before: sets({ a: 1 }),
    check: asks('{{ input.rows }}'),
    maybe: sets({ m: 1 }),
    loop: loops('{{ input.rows }}'),
    first: inside('loop', sets({ n: 1 })),
    branch: inside('loop', asks('{{ steps.first.n }}')),
    side: inside('loop', sets({ s: 1 })),
    last: inside('loop', sets({ z: 1 })),
    after: sets({}),
  };
  const edges = [
    'start -> before',
    'before -> check',
    'check:true -> maybe',
    'check:false -> loop',
    'maybe -> loop',
    'loop:each -> first',
    'first -> branch',
    'branch:true -> side',
    'branch:false -> last',
    'side -> last',
    'loop -> after',
    'after -> end',
  ];
  const document = (at: keyof typeof steps, expression: string) => {
    const text = `{{ ${expression} }}`;
    if (at === 'loop')
      return documentOf({ ...steps, loop: loops('{{ input.rows }}', { collect: text }) }, edges);
    return documentOf({ ...steps, [at]: { ...steps[at], config: sets({ v: text }).config } }, edges);
  };

  test.each<[keyof typeof steps, string, string[]]>([
    ['last', 'steps.before.a', []],
    ['last', 'steps.maybe.m', ['expression_maybe_skipped?']],
    ['last', 'steps.first.n', []],
    ['last', 'steps.side.s', ['expression_maybe_skipped?']],
    ['last', 'steps.side?.s', []],
    ['last', 'steps.loop.item.id', []],
    ['last', 'steps.loop.item.di', ['expression_unknown_field?']],
    ['last', 'steps.loop.index + steps.loop.count', []],
    ['last', 'steps.loop.items', ['expression_unknown_field']],
    ['last', 'steps.after.w', ['expression_not_upstream']],
    ['last', 'steps.last.z', ['expression_own_step']],
    ['side', 'steps.last.z', ['expression_not_upstream']],
    ['after', 'steps.loop.items.length', []],
    ['after', 'steps.loop.errors[0].error.message', []],
    ['after', 'steps.loop.count', []],
    ['after', 'steps.loop.item', ['expression_unknown_field']],
    ['after', 'steps.first.n', ['expression_inside']],
    ['before', 'steps.first.n', ['expression_inside']],
    ['before', 'steps.loop.items', ['expression_not_upstream']],
    ['loop', 'steps.last.z', []],
    ['loop', 'steps.first.n + steps.before.a + steps.loop.index', []],
    ['loop', 'steps.side.s', ['expression_maybe_skipped?']],
    ['loop', 'steps.after.w', ['expression_not_upstream']],
    ['loop', 'steps.loop.items', ['expression_unknown_field']],
  ])('%s: %s', (at, expression, expected) => {
    expect(codesOf(document(at, expression))).toEqual(expected);
  });

  it('is told in words', () => {
    const { problems } = compile(document('after', 'steps.first.n'), kinds);
    expect(problems[0]?.message).toBe(
      '"first" runs inside "loop", once for each item: read what that collects, steps.loop.',
    );
  });

  it('does not reach from one body into another', () => {
    const more = {
      ...steps,
      other: loops('{{ [1] }}'),
      c: inside('other', sets({ v: '{{ steps.first.n }}' })),
    };
    const document = documentOf(more, [...edges, 'after -> other', 'other:each -> c', 'other -> end']);
    expect(codesOf(document)).toEqual(['expression_inside']);
  });

  it('is offered where it is written', () => {
    const at = (key: string, field?: string) =>
      scopeAt(documentOf(steps, edges), `id-${key}`, kinds, field).map(({ key, certain }) =>
        certain ? key : `${key}?`,
      );
    expect(at('last')).toEqual(['side?', 'branch', 'first', 'loop', 'maybe?', 'check', 'before', 'start']);
    expect(at('loop')).toEqual(['maybe?', 'check', 'before', 'start']);
    expect(at('loop', 'collect')).toEqual([
      'last',
      'side?',
      'branch',
      'first',
      'loop',
      'maybe?',
      'check',
      'before',
      'start',
    ]);
    expect(at('after')).toEqual(['loop', 'maybe?', 'check', 'before', 'start']);
  });

  it('has the shape of the items, inside, and of what is collected, outside', () => {
    const schemaOf = (collect: string, at: string, list = '{{ input.rows }}') => {
      const changed = documentOf({ ...steps, loop: loops(list, { collect }) }, edges);
      return scopeAt(changed, `id-${at}`, kinds).find(({ key }) => key === 'loop')?.schema as {
        properties: { item?: JsonObject; items?: { items: JsonObject } };
      };
    };
    const item = rows.items;
    expect(schemaOf('', 'last').properties.item).toEqual(item);
    expect(schemaOf('', 'last', '{{ 3 }}').properties.item).toEqual({});
    expect(schemaOf('', 'last', '{{ [input.rows] }}').properties.item).toEqual({});
    const collected = (collect: string) => schemaOf(collect, 'after').properties.items?.items;
    expect(collected('')).toEqual({ type: 'object', properties: { z: { type: 'number' } }, required: ['z'] });
    expect(collected('{{ steps.last.z }}')).toEqual({ type: 'number' });
    expect(collected('{{ steps.loop.item.id }}')).toEqual({ type: 'string' });
    expect(collected('{{ steps.loop.item.id }}!')).toEqual({ type: 'string' });
    expect(collected('{{ steps.loop.item.name }}')).toEqual({});
    expect(collected('{{ steps.side }}')).toEqual({});
    expect(collected('{{ steps.last.z + 1 }}')).toEqual({});
  });
});

describe('a step that takes the first way', () => {
  const steps = {
    ...ends,
    slow: sets({ s: 1 }),
    quick: sets({ q: 1 }),
    first: { kind: 'merge', config: { mode: 'first' } },
    after: sets({ w: 1 }),
  };
  const edges = [
    'start -> slow',
    'start -> quick',
    'slow -> first',
    'quick -> first',
    'first -> after',
    'after -> end',
  ];
  const reads = (expression: string, mode: string) => {
    const changed = { ...steps, after: sets({ v: `{{ ${expression} }}` }) };
    return codesOf(documentOf({ ...changed, first: { kind: 'merge', config: { mode } } }, edges));
  };

  it('is known to the plan', () => {
    const { plan, problems } = compiled(steps, edges);
    expect(problems).toEqual([]);
    expect(nodeOf(plan!, 'first').join).toBe('first');
    expect(nodeOf(plan!, 'after').join).toBe('all');
  });

  it('does not know that the others have run, and one that waits for all does', () => {
    expect(reads('steps.slow.s', 'first')).toEqual(['expression_maybe_skipped?']);
    expect(reads('steps.slow.s', 'all')).toEqual([]);
    expect(reads('steps.first.anything', 'first')).toEqual([]);
  });

  it('does not let a loop promise what the others leave behind', () => {
    const collecting = (mode: string) => {
      const within = Object.entries({ slow: steps.slow, quick: steps.quick });
      const document = documentOf(
        {
          ...ends,
          loop: loops('{{ input.rows }}', { collect: '{{ steps.slow.s }}' }),
          ...Object.fromEntries(within.map(([key, step]) => [key, inside('loop', step)])),
          first: inside('loop', { kind: 'merge', config: { mode } }),
        },
        [
          'start -> loop',
          'loop:each -> slow',
          'loop:each -> quick',
          'slow -> first',
          'quick -> first',
          'loop -> end',
        ],
      );
      return codesOf(document);
    };
    expect(collecting('first')).toEqual(['expression_maybe_skipped?']);
    expect(collecting('all')).toEqual([]);
  });
});

describe('a step that takes another back', () => {
  const steps = {
    ...ends,
    book: sets({ id: 7 }, { undo: 'id-cancel' }),
    cancel: sets({ v: '{{ steps.book.id + input.rows.length }}' }, { onError: 'continue' }),
    after: sets({ w: 1 }),
  };
  const edges = ['start -> book', 'book -> after', 'after -> end'];

  it('stands on no way, beside the step in the plan', () => {
    const { plan, problems } = compiled(steps, edges);
    expect(problems).toEqual([]);
    expect(plan!.nodes.map(({ key }) => key)).toEqual(['start', 'book', 'after', 'end']);
    const { undo } = nodeOf(plan!, 'book');
    expect(undo).toMatchObject({
      key: 'cancel',
      index: -1,
      onError: 'fail',
      retry: { attempts: 3, backoffMs: 500 },
      undo: null,
    });
    expect(undo!.resolve(scope({ input: { rows: [1] }, steps: { book: { id: 7 } } }))).toEqual({
      values: { v: 8 },
    });
    expect(nodeOf(plan!, 'after').undo).toBeNull();
  });

  it('reads what that step may read, and its value', () => {
    expect(scopeAt(documentOf(steps, edges), 'id-cancel', kinds).map(({ key }) => key)).toEqual([
      'book',
      'start',
    ]);
    const reads = (expression: string) =>
      codesOf(documentOf({ ...steps, cancel: sets({ v: `{{ ${expression} }}` }) }, edges));
    expect(reads('steps.book.id')).toEqual([]);
    expect(reads('steps.book.no')).toEqual(['expression_unknown_field?']);
    expect(reads('steps.after.w')).toEqual(['expression_not_upstream']);
    expect(reads('steps.cancel')).toEqual(['expression_undo_step']);
    const read = { ...steps, after: sets({ v: '{{ steps.cancel }}' }) };
    expect(codesOf(documentOf(read, edges))).toEqual(['expression_undo_step']);
  });

  it('may stand inside a container with it', () => {
    const { plan, problems } = compiled(
      {
        ...ends,
        loop: loops('{{ input.rows }}'),
        book: inside('loop', sets({ id: '{{ steps.loop.item.id }}' }, { undo: 'id-cancel' })),
        cancel: inside('loop', sets({ v: '{{ steps.book.id + steps.loop.index }}' })),
      },
      ['start -> loop', 'loop:each -> book', 'loop -> end'],
    );
    expect(problems).toEqual([]);
    expect(nodeOf(nodeOf(plan!, 'loop').body!, 'book').undo?.key).toBe('cancel');
  });

  test.each<[string, WorkflowDocument, string[]]>([
    [
      'that is not there',
      documentOf({ ...steps, book: sets({}, { undo: 'gone' }) }, edges),
      ['undo_missing', 'unreachable?'],
    ],
    ['that is itself', documentOf({ ...steps, after: sets({}, { undo: 'id-after' }) }, edges), ['undo_self']],
    ['that is connected', documentOf(steps, [...edges, 'cancel -> end']), ['undo_connected']],
    [
      'that is on the way',
      documentOf({ ...steps, book: sets({}, { undo: 'id-after' }) }, edges),
      ['undo_connected', 'unreachable?'],
    ],
    [
      'that is disabled',
      documentOf({ ...steps, cancel: sets({}, { disabled: true }) }, edges),
      ['undo_disabled'],
    ],
    [
      'that takes back two',
      documentOf({ ...steps, after: sets({}, { undo: 'id-cancel' }) }, edges),
      ['undo_shared'],
    ],
    [
      'that has an undo itself',
      documentOf({ ...steps, cancel: sets({}, { undo: 'id-more' }), more: sets({}) }, edges),
      ['undo_of_undo'],
    ],
    [
      'that takes back each other',
      documentOf({ ...ends, a: sets({}, { undo: 'id-b' }), b: sets({}, { undo: 'id-a' }) }, ['start -> end']),
      ['undo_of_undo', 'undo_of_undo'],
    ],
    [
      'that ends the run',
      documentOf({ ...steps, cancel: { kind: 'fail', config: { message: 'x' } } }, edges),
      ['undo_kind'],
    ],
    ['that holds others', documentOf({ ...steps, cancel: loops('{{ [1] }}') }, edges), ['undo_kind']],
    [
      'that stands elsewhere',
      documentOf({ ...steps, loop: loops('{{ [1] }}'), cancel: inside('loop', sets({})) }, [
        'start -> book',
        'book -> loop',
        'loop -> after',
        'after -> end',
      ]),
      ['undo_level', 'container_empty?'],
    ],
    [
      'of the start',
      documentOf(
        { ...steps, start: { ...takes({ rows }), settings: { undo: 'id-more' } }, more: sets({}) },
        edges,
      ),
      ['undo_nothing'],
    ],
  ])('has the problem of one %s', (_, document, expected) => {
    const codes = codesOf(document).filter((code) => !code.startsWith('expression_'));
    expect(codes).toEqual(expected);
  });
});
