import { describe, expect, it, test } from 'vitest';
import { kinds } from '#lib/nodes/index.ts';
import { type CompileOptions, compile } from '#lib/workflow/compile.ts';
import { ExpressionError } from '#lib/workflow/expression.ts';
import { initialDocument } from '#lib/workflow/initial.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import type { Problem } from '#lib/workflow/problem.ts';
import { answers, asks, codes, documentOf, type Step, sets, takes } from './documents.ts';
import { scope } from './scopes.ts';

const straight = ['start -> end'];

/** A start, a step of this kind under test, an end. */
function around(step: Step, more: Record<string, Step> = {}): unknown {
  return documentOf({ start: takes(), step, end: answers('done'), ...more }, [
    'start -> step',
    'step -> end',
  ]);
}

function codesOf(document: unknown, severity?: Problem['severity'], options?: CompileOptions): string[] {
  const { problems } = compile(document, kinds, options);
  return problems.filter((problem) => !severity || problem.severity === severity).map(({ code }) => code);
}

describe('a document without problems', () => {
  const document = documentOf(
    {
      start: takes({ text: { type: 'string' } }, { required: ['text'] }),
      shout: sets({ loud: '{{ input.text.toUpperCase() }}', n: 1 }),
      end: answers('{{ steps.shout.loud }}!'),
    },
    ['start -> shout', 'shout -> end'],
    { settings: { timeoutMs: 5000, annotations: { readOnlyHint: true } } },
  );

  it('becomes a plan and a contract', () => {
    const { plan, contract, problems } = compile(document, kinds);
    expect(problems).toEqual([]);
    expect(plan?.nodes.map(({ key, index }) => [key, index])).toEqual([
      ['start', 0],
      ['shout', 1],
      ['end', 2],
    ]);
    expect(plan).toMatchObject({ start: 0, timeoutMs: 5000 });
    expect(plan?.nodes[1]).toMatchObject({
      id: 'id-shout',
      incoming: [{ from: 0, handle: 'out' }],
      outgoing: [{ to: 2, handle: 'out' }],
      timeoutMs: null,
      retry: { attempts: 1, backoffMs: 0 },
      onError: 'fail',
      disabled: false,
    });
    expect(contract).toEqual({
      kind: 'tool',
      name: 'tested',
      title: 'Tested',
      description: 'A workflow of a test.',
      annotations: { readOnlyHint: true },
      inputSchema: {
        type: 'object',
        properties: { text: { type: 'string' } },
        required: ['text'],
        additionalProperties: false,
      },
      outputSchema: null,
    });
  });

  it('evaluates its expressions for each run', () => {
    const { plan } = compile(document, kinds);
    const resolve = plan!.nodes[1]!.resolve;
    expect(resolve(scope({ input: { text: 'hey' } }))).toEqual({ values: { loud: 'HEY', n: 1 } });
    expect(resolve(scope({ input: { text: 'ho' } }))).toEqual({ values: { loud: 'HO', n: 1 } });
  });

  it('gives a config without expressions as one object that nobody can change', () => {
    const { plan } = compile(document, kinds);
    const config = plan!.nodes[0]!.resolve(scope());
    expect(plan!.nodes[0]!.resolve(scope())).toBe(config);
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('is not changed by being compiled', () => {
    const before = JSON.stringify(document);
    compile(document, kinds);
    expect(JSON.stringify(document)).toBe(before);
  });

  it.each(['tool', 'resource', 'prompt'] as const)('is what a new %s is, but for its description', (kind) => {
    const { plan, problems } = compile(initialDocument('fresh', kinds, kind), kinds);
    expect(problems.map(({ code, severity }) => [code, severity])).toEqual([
      ['description_empty', 'warning'],
    ]);
    expect(plan?.nodes).toHaveLength(2);
  });
});

describe('expressions in a config', () => {
  it('keep their type, and are left out where they have no value', () => {
    const document = around(
      sets({ a: '{{ env.GONE }}', b: ['{{ env.GONE }}', '{{ 1 + 1 }}'], c: { d: '{{ [1] }}' } }),
    );
    const { plan } = compile(document, kinds);
    expect(plan?.nodes[1]?.resolve(scope())).toEqual({ values: { b: [null, 2], c: { d: [1] } } });
  });

  it('name the field when they fail', () => {
    const { plan } = compile(around(sets({ a: [{ b: '{{ env.GONE.deeper }}' }] })), kinds);
    const failure = caught(() => plan!.nodes[1]!.resolve(scope()));
    expect(failure.field).toEqual(['values', 'a', 0, 'b']);
    expect(failure.message).toContain('env.GONE?.deeper');
  });

  it('name the field when what comes out does not fit', () => {
    const { plan } = compile(
      around({ kind: 'knowledge', config: { base: 'b', query: 'q', topK: '{{ input.text }}' } }),
      kinds,
    );
    expect(plan!.nodes[1]!.resolve(scope({ input: { text: '7' } }))).toMatchObject({ topK: 7 });
    const failure = caught(() => plan!.nodes[1]!.resolve(scope({ input: { text: 'many' } })));
    expect(failure.field).toEqual(['topK']);
  });

  it('are read only in fields that are templates', () => {
    const document = documentOf(
      { start: takes({ text: { type: 'string', description: 'Write {{ nothing }}' } }), end: answers('x') },
      straight,
    );
    expect(codesOf(document, 'error')).toEqual([]);
  });

  it('are checked in the alternative that a config is', () => {
    const http = (body: JsonObject): unknown =>
      around({ kind: 'http', config: { url: 'https://a.example', body } });
    expect(codesOf(http({ type: 'json', value: { a: ['{{ nope }}'] } }))).toContain(
      'expression_unknown_name',
    );
    expect(codesOf(http({ type: 'raw', contentType: '{{ nope }}', text: 'x' }))).toEqual([]);
    expect(codesOf(http({ type: 'form', fields: { a: '{{ nope }}' } }))).toContain('expression_unknown_name');
  });
});

function caught(act: () => unknown): ExpressionError {
  try {
    act();
  } catch (error) {
    if (error instanceof ExpressionError) return error;
    throw error;
  }
  throw new Error('It did not fail.');
}

describe('problems of the graph', () => {
  const ok = { start: takes(), end: answers('x') };
  test.each<[string, unknown, string[]]>([
    ['nothing', null, ['document_invalid']],
    ['a text', 'x', ['document_invalid']],
    [
      'an empty object',
      {},
      [
        'document_invalid',
        'document_invalid',
        'document_invalid',
        'document_invalid',
        'document_invalid',
        'document_invalid',
        'document_invalid',
        'document_invalid',
      ],
    ],
    ['a newer format', { schemaVersion: 2, kind: 'tool', futureThings: [] }, ['schema_version']],
    ['a member nobody knows', { ...documentOf(ok, straight), color: 'red' }, ['document_invalid']],
    ['a bad name', documentOf(ok, straight, { name: 'Has Spaces' }), ['name_invalid']],
    ['a long name', documentOf(ok, straight, { name: 'a'.repeat(46) }), ['name_invalid']],
    [
      'a long description',
      documentOf(ok, straight, { description: 'a'.repeat(2001) }),
      ['description_invalid', 'text_length'],
    ],
    ['hidden characters', documentOf(ok, straight, { description: 'a\u200bb' }), ['hidden_character']],
    ['no start', documentOf({ end: answers('x') }, []), ['no_start']],
    [
      'two starts',
      documentOf({ ...ok, other: takes() }, ['start -> end', 'other -> end']),
      ['several_starts'],
    ],
    ['no end', documentOf({ start: takes() }, []), ['no_end']],
    ['an end that nothing leads to', documentOf(ok, []), ['end_unreachable']],
    [
      'an unknown kind',
      documentOf({ ...ok, x: { kind: 'teleport', config: {} } }, ['start -> x', 'x -> end']),
      ['unknown_kind'],
    ],
    ['an edge to nowhere', documentOf(ok, ['start -> end', 'start -> nobody']), ['edge_node']],
    ['an edge from nowhere', documentOf(ok, ['start -> end', 'nobody -> end']), ['edge_node']],
    [
      'a way out that is not there',
      documentOf(ok, ['start -> end', 'start:sideways -> end']),
      ['edge_handle'],
    ],
    [
      'something behind an end',
      documentOf({ ...ok, x: sets({}) }, ['start -> end', 'end -> x']),
      ['edge_from_end'],
    ],
    [
      'something before the start',
      documentOf({ ...ok, x: sets({}) }, ['start -> x', 'x -> start', 'x -> end']),
      ['edge_to_start'],
    ],
    [
      'a circle',
      documentOf({ ...ok, a: sets({}), b: sets({}) }, ['start -> a', 'a -> b', 'b -> a', 'b -> end']),
      ['cycle'],
    ],
    ['a circle of one', documentOf({ ...ok, a: sets({}) }, ['start -> a', 'a -> a', 'a -> end']), ['cycle']],
    [
      'a circle aside',
      documentOf({ ...ok, a: sets({}), b: sets({}) }, ['start -> end', 'a -> b', 'b -> a']),
      ['cycle'],
    ],
    [
      'a step inside no step',
      documentOf({ ...ok, x: { ...sets({}), parent: 'id-gone' } }, ['start -> x', 'x -> end']),
      ['parent_missing'],
    ],
    [
      'a step inside one that holds none',
      documentOf({ ...ok, x: { ...sets({}), parent: 'id-start' } }, ['start -> x', 'x -> end']),
      ['parent_no_container'],
    ],
    [
      'a step inside itself',
      documentOf({ ...ok, x: { ...sets({}), parent: 'id-x' } }, ['start -> x', 'x -> end']),
      ['parent_no_container'],
    ],
    [
      'two nodes of one id',
      documentOf({ ...ok, x: { ...sets({}), id: 'id-start' } }, straight),
      ['duplicate_id'],
    ],
    [
      'two steps of one key',
      documentOf({ ...ok, x: { ...sets({}), key: 'end' } }, ['start -> x', 'x -> end']),
      ['duplicate_key'],
    ],
    [
      'two edges of one id',
      { ...documentOf(ok, straight), edges: [1, 2].map(() => documentOf(ok, straight).edges[0]) },
      ['duplicate_id'],
    ],
    [
      'a key that cannot be named',
      documentOf({ ...ok, x: { ...sets({}), key: 'Not a key' } }, ['start -> x', 'x -> end']),
      ['key_invalid'],
    ],
    [
      'a reserved key',
      documentOf({ ...ok, x: { ...sets({}), key: 'constructor' } }, ['start -> x', 'x -> end']),
      ['key_invalid'],
    ],
    [
      'a config that does not fit',
      documentOf({ ...ok, x: { kind: 'http', config: { url: 'https://a.example', timeoutMs: 'soon' } } }, [
        'start -> x',
        'x -> end',
      ]),
      ['config_invalid'],
    ],
    [
      'a config with an unknown member',
      documentOf({ start: takes(), end: { kind: 'output', config: { color: 'red' } } }, straight),
      ['config_invalid'],
    ],
    [
      'a disabled end',
      documentOf({ start: takes(), end: { ...answers('x'), settings: { disabled: true } } }, straight),
      ['role_disabled'],
    ],
  ])('%s', (_, document, expected) => {
    const { plan, contract, problems } = compile(document, kinds);
    const errors = problems.filter(({ severity }) => severity === 'error').map(({ code }) => code);
    expect(errors).toEqual(expected);
    expect([plan, contract]).toEqual([null, null]);
    for (const { message } of problems) expect(message).toMatch(/^.{10,}[.]$/s);
  });

  it('are told where they are', () => {
    const { problems } = compile(
      documentOf({ ...ok, x: { kind: 'teleport', config: {} } }, ['start -> end', 'start:up -> end']),
      kinds,
    );
    expect(problems.find(({ code }) => code === 'unknown_kind')?.nodeId).toBe('id-x');
    expect(problems.find(({ code }) => code === 'edge_handle')?.edgeId).toBe('e1');
    const config = documentOf({ ...ok, x: { kind: 'http', config: { url: '', body: { type: 'json' } } } }, [
      'start -> end',
    ]);
    const fields = compile(config, kinds).problems.filter(({ code }) => code === 'config_invalid');
    expect(fields.map(({ nodeId, field }) => [nodeId, field?.join('.')])).toEqual([
      ['id-x', 'url'],
      ['id-x', 'body.value'],
    ]);
    const form = compile({ ...documentOf(ok, straight), settings: { timeoutMs: -1 } }, kinds);
    expect(form.problems[0]?.field).toEqual(['settings', 'timeoutMs']);
  });

  it('are told in one go', () => {
    const document = documentOf(
      {
        start: takes(),
        a: sets({ x: '{{ nope }}' }),
        b: { kind: 'teleport', config: {} },
        end: answers('{{ 1 + }}'),
      },
      ['start -> a', 'a -> end', 'a:sideways -> end'],
      { name: 'Bad Name' },
    );
    expect(codesOf(document, 'error')).toEqual([
      'name_invalid',
      'unknown_kind',
      'edge_handle',
      'expression_unknown_name',
      'expression_syntax',
    ]);
  });

  it('name the circle', () => {
    const document = documentOf({ ...ok, a: sets({}), b: sets({}), c: sets({}) }, [
      'start -> a',
      'a -> b',
      'b -> c',
      'c -> b',
      'c -> end',
    ]);
    const [problem] = compile(document, kinds).problems;
    expect(problem?.message).toMatch(/b → c → b|c → b → c/);
  });
});

describe('warnings let a workflow be published', () => {
  it('of steps that nothing leads to, which are not in the plan', () => {
    const document = documentOf({ start: takes(), lost: sets({ a: '{{ steps.end }}' }), end: answers('x') }, [
      'start -> end',
      'lost -> end',
    ]);
    const { plan, problems } = compile(document, kinds);
    expect(problems).toMatchObject([{ code: 'unreachable', severity: 'warning', nodeId: 'id-lost' }]);
    expect(plan?.nodes.map(({ key }) => key)).toEqual(['start', 'end']);
    expect(plan?.nodes[1]?.incoming).toEqual([{ from: 0, handle: 'out' }]);
  });

  it('of ways that end without an answer', () => {
    const document = documentOf({ start: takes(), check: asks('{{ input.text }}'), end: answers('x') }, [
      'start -> check',
      'check:true -> end',
    ]);
    expect(compile(document, kinds).problems).toMatchObject([
      { code: 'handle_open', severity: 'warning', nodeId: 'id-check' },
    ]);
  });

  it('of environment values that the project lacks', () => {
    const document = documentOf(
      { start: takes(), end: answers('{{ env.REGION }}{{ env.TOKEN }}') },
      straight,
    );
    expect(codesOf(document, 'warning', { env: ['REGION'] })).toEqual(['expression_missing_env']);
    expect(codesOf(document)).toEqual([]);
  });
});

describe('the handle for errors', () => {
  const document = (onError: string) =>
    documentOf(
      {
        start: takes(),
        risky: sets({ a: 1 }, { onError }),
        end: answers('x'),
        mend: answers('{{ steps.risky.error.message }}'),
      },
      ['start -> risky', 'risky -> end', 'risky:error -> mend'],
    );

  it('is there when a step takes its errors somewhere', () => {
    const { plan, problems } = compile(document('handle'), kinds);
    expect(problems).toEqual([]);
    expect(plan?.nodes[1]).toMatchObject({
      onError: 'handle',
      outgoing: [
        { to: 2, handle: 'out' },
        { to: 3, handle: 'error' },
      ],
    });
  });

  it('is not there otherwise', () => {
    expect(codesOf(document('fail'), 'error')).toEqual(['edge_handle']);
  });
});

describe('what expressions may read', () => {
  const tree = {
    start: takes({
      text: { type: 'string' },
      size: { type: 'object', properties: { w: { type: 'number' } }, additionalProperties: false },
    }),
    first: sets({ a: 1, list: [{ b: 'x' }] }),
    check: asks('{{ input.text }}'),
    yes: sets({ c: 1 }),
    no: sets({ d: 1 }),
    after: sets({}),
    end: answers('x'),
  };
  const edges = [
    'start -> first',
    'first -> check',
    'check:true -> yes',
    'check:false -> no',
    'yes -> after',
    'no -> after',
    'after -> end',
  ];

  /** Codes of problems with this expression in the step `after`, or in another one. */
  function problemsOf(expression: string, at: keyof typeof tree = 'after'): string[] {
    const document = documentOf({ ...tree, [at]: sets({ v: `{{ ${expression} }}` }) }, edges);
    return compile(document, kinds).problems.map(({ code, severity }) =>
      severity === 'error' ? code : `${code}?`,
    );
  }

  test.each<[string, string[]]>([
    ['steps.first.a', []],
    ['steps["first"].list[0].b.length', []],
    ['steps.first.list.map((x) => x.b)', []],
    ['input.text.toUpperCase()', []],
    ['input.size?.w.toFixed(2)', []],
    ['run.startedAt', []],
    ['steps.frist.a', ['expression_unknown_step']],
    ['steps.after.a', ['expression_own_step']],
    ['steps.end', ['expression_not_upstream']],
    ['steps.yes.c', ['expression_maybe_skipped?']],
    ['steps.yes?.c ?? steps.no?.d', []],
    ['steps.yes', []],
    ['steps.first.b', ['expression_unknown_field?']],
    ['steps.first.list[0].zz', ['expression_unknown_field?']],
    ['steps.first.list.zz', ['expression_unknown_field']],
    ['steps.first.a.b', ['expression_unknown_field']],
    ['input.txet', ['expression_unknown_field']],
    ['input.size.h', ['expression_unknown_field']],
    ['input.text.map((x) => x)', ['expression_unknown_method']],
    ['input.size.filter((x) => x)', ['expression_unknown_method']],
    ['run.ended', ['expression_unknown_field']],
    ['steps.check', []],
    ['steps.check.length', ['expression_unknown_field']],
  ])('%s', (expression, expected) => {
    expect(problemsOf(expression)).toEqual(expected);
  });

  it('does not include what stands beside it', () => {
    expect(problemsOf('steps.no?.d', 'yes')).toEqual(['expression_not_upstream']);
  });

  it('is said with the place in the text, and what was meant', () => {
    const { problems } = compile(around(sets({ v: 'a {{ 1 }} {{ input.txet }}' })), kinds);
    expect(problems).toMatchObject([
      { code: 'expression_unknown_field', nodeId: 'id-step', field: ['values', 'v'], start: 19, end: 23 },
    ]);
    expect(problems[0]?.message).toBe('There is no "txet" here. Did you mean text?');
  });

  it('is certain where parallel ways meet, and after a step that a branch shares', () => {
    const document = documentOf(
      {
        start: takes(),
        a: sets({ x: 1 }),
        b: sets({ y: 1 }),
        both: sets({ v: '{{ steps.a.x + steps.b.y }}' }),
        check: asks('{{ input.text }}'),
        c: sets({ z: 1 }),
        d: sets({ z: 1 }),
        joined: sets({ v: '{{ steps.c.z + steps.d.z }}' }),
        end: answers('x'),
        other: answers('y'),
      },
      [
        'start -> a',
        'start -> b',
        'a -> both',
        'b -> both',
        'both -> check',
        'check:true -> c',
        'check:true -> d',
        'c -> joined',
        'd -> joined',
        'joined -> end',
        'check:false -> other',
      ],
    );
    expect(compile(document, kinds).problems).toEqual([]);
  });

  it('is warned of in code too', () => {
    const document = documentOf(
      {
        start: takes(),
        first: sets({ a: 1 }),
        code: codes('const { gone } = steps; return steps.first.a + steps["frist"].a;'),
        end: answers('x'),
      },
      ['start -> first', 'first -> code', 'code -> end'],
    );
    expect(compile(document, kinds).problems).toMatchObject([
      {
        code: 'expression_unknown_step',
        severity: 'warning',
        nodeId: 'id-code',
        field: ['code'],
        start: 8,
        end: 12,
      },
      { code: 'expression_unknown_step', severity: 'warning', start: 53, end: 60 },
    ]);
  });
});
