import { describe, expect, it, test } from 'vitest';
import type { NodeKind } from '#lib/engine/kind.ts';
import { kinds } from '#lib/nodes/index.ts';
import { compile } from '#lib/workflow/compile.ts';
import type { JsonObject, JsonSchema } from '#lib/workflow/json.ts';
import type { ClientAbility } from '#lib/workflow/kind.ts';
import { schemaFaults } from '#lib/workflow/schema-limits.ts';
import { compileSchema } from '#lib/workflow/validator.ts';
import { answers, asks, documentOf, inside, loops, type Step, takes } from './documents.ts';

const text = { type: 'string' };

/** The output schema of a workflow whose two ends have these structured values, and its problems. */
function twoEnds(one: JsonObject | null, other: JsonObject | null) {
  const end = (structured: JsonObject | null) => answers('x', structured ?? undefined);
  const document = documentOf(
    { start: takes(), check: asks('{{ input.text }}'), one: end(one), other: end(other) },
    ['start -> check', 'check:true -> one', 'check:false -> other'],
  );
  const { contract, problems } = compile(document, kinds);
  return { outputSchema: contract?.outputSchema, problems };
}

describe('what a client must be able to do', () => {
  const asking = (type: string, abilities: ClientAbility[]): [string, NodeKind] => [
    type,
    { ...kinds.get('set')!, type, requires: () => abilities },
  ];
  const all = new Map([...kinds, asking('ask', ['sampling', 'roots']), asking('model', ['sampling'])]);
  const step = (kind: string, more: JsonObject = {}): Step => ({ kind, config: { values: {} }, ...more });
  const contractOf = (steps: Record<string, Step>, edges: string[]) =>
    compile(documentOf({ start: takes(), ...steps, end: answers('x') }, edges), all).contract;

  it('is what its steps need, each once', () => {
    const steps = { one: step('model'), two: step('ask') };
    expect(contractOf(steps, ['start -> one', 'one -> two', 'two -> end'])?.requires).toEqual([
      'roots',
      'sampling',
    ]);
  });

  it('is what steps inside a loop need, and those that take others back', () => {
    const steps = {
      loop: loops('{{ [1] }}'),
      within: inside('loop', step('set', { settings: { undo: 'id-back' } })),
      back: inside('loop', step('model')),
    };
    const edges = ['start -> loop', 'loop:each -> within', 'loop -> end'];
    expect(contractOf(steps, edges)?.requires).toEqual(['sampling']);
  });

  it('is not there when nothing is needed, or by a disabled step alone', () => {
    const steps = { one: step('model', { settings: { disabled: true } }) };
    expect(contractOf(steps, ['start -> one', 'one -> end'])).not.toHaveProperty('requires');
  });
});

describe('whether calls become tasks', () => {
  const withTask = (settings: JsonObject, kind: 'tool' | 'prompt' = 'tool') => ({
    ...documentOf({ start: takes(), end: answers('x') }, ['start -> end']),
    kind,
    settings,
  });
  const memberOf = (settings: JsonObject, kind?: 'tool' | 'prompt') =>
    compile(withTask(settings, kind), kinds).contract;

  it.each(['optional', 'required'])('is there when it is %s', (task) => {
    expect(memberOf({ task })).toMatchObject({ task });
  });

  it('is left out otherwise, so that the contracts of older versions stay as they are', () => {
    expect(memberOf({})).not.toHaveProperty('task');
    expect(memberOf({ task: 'never' })).not.toHaveProperty('task');
    expect(memberOf({ task: 'required' }, 'prompt')).not.toHaveProperty('task');
  });
});

describe('the output schema', () => {
  it('is read off the value', () => {
    const document = documentOf(
      { start: takes(), end: answers('x', { value: { n: 1, who: '{{ input.text }}' } }) },
      ['start -> end'],
    );
    expect(compile(document, kinds).contract?.outputSchema).toEqual({
      type: 'object',
      properties: { n: { type: 'number' }, who: {} },
      required: ['n', 'who'],
    });
  });

  it('of several ends that agree is theirs', () => {
    const schema = { type: 'object', properties: { a: text }, required: ['a'], additionalProperties: false };
    const end = { value: { a: 'x' }, schema };
    expect(twoEnds(end, end).outputSchema).toEqual(schema);
  });

  it('of ends that differ has the members of all, and requires those that all require', () => {
    const one = {
      value: { a: 'x', b: 1, c: true },
      schema: {
        type: 'object',
        properties: { a: text, b: { type: 'number' }, c: { type: 'boolean' } },
        required: ['a', 'b'],
      },
    };
    const other = {
      value: { a: 'x', b: 'y' },
      schema: { type: 'object', properties: { a: text, b: text, d: {} }, required: ['b', 'a', 'd'] },
    };
    expect(twoEnds(one, other).outputSchema).toEqual({
      type: 'object',
      properties: { a: text, b: { anyOf: [{ type: 'number' }, text] }, c: { type: 'boolean' }, d: {} },
      required: ['a', 'b'],
    });
  });

  it('allows other members when one of the ends does', () => {
    const closed = {
      value: { a: 'x' },
      schema: { type: 'object', properties: { a: text }, additionalProperties: false },
    };
    const open = { value: { b: 'x' }, schema: { type: 'object', properties: { b: text } } };
    expect(twoEnds(closed, open).outputSchema).not.toHaveProperty('additionalProperties');
    const other = {
      value: { b: 'x' },
      schema: { type: 'object', properties: { b: text }, additionalProperties: false },
    };
    expect(twoEnds(closed, other).outputSchema).toHaveProperty('additionalProperties', false);
  });

  it('mixes no definitions of one name', () => {
    const using = (type: string) => ({
      value: { a: 1 },
      schema: { type: 'object', properties: { a: { $ref: '#/$defs/x' } }, $defs: { x: { type } } },
    });
    expect(twoEnds(using('number'), using('string')).outputSchema).toEqual({ type: 'object' });
  });

  it('is not promised when one end gives none', () => {
    const { outputSchema, problems } = twoEnds({ value: { a: 1 } }, null);
    expect(outputSchema).toBe(null);
    expect(problems).toMatchObject([{ code: 'output_mixed', severity: 'warning', nodeId: 'id-other' }]);
  });

  it('does not count ends that only fail', () => {
    const document = documentOf(
      {
        start: takes(),
        check: asks('{{ input.text }}'),
        end: answers('x', { value: { a: 1 } }),
        stop: { kind: 'fail', config: { message: 'no' } },
      },
      ['start -> check', 'check:true -> end', 'check:false -> stop'],
    );
    expect(compile(document, kinds).contract?.outputSchema).toMatchObject({
      properties: { a: { type: 'number' } },
    });
  });
});

describe('the input schema', () => {
  function errorsOf(schema: JsonObject): string[] {
    const document = documentOf({ start: { kind: 'input', config: { schema } }, end: answers('x') }, [
      'start -> end',
    ]);
    return compile(document, kinds)
      .problems.filter(({ severity }) => severity === 'error')
      .map(({ code }) => code);
  }

  it('has an object at its root, and neither identity nor dialect', () => {
    const schema = {
      $id: 'https://a.example/x',
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      properties: { a: text },
    };
    const document = documentOf({ start: { kind: 'input', config: { schema } }, end: answers('x') }, [
      'start -> end',
    ]);
    expect(compile(document, kinds).contract?.inputSchema).toEqual({
      type: 'object',
      properties: { a: text },
      additionalProperties: false,
    });
  });

  test.each<[string, JsonObject]>([
    ['anyOf at the root', { properties: {}, anyOf: [{ required: ['a'] }] }],
    ['oneOf at the root', { properties: {}, oneOf: [{ required: ['a'] }] }],
    ['allOf at the root', { properties: {}, allOf: [{ required: ['a'] }] }],
    ['if at the root', { properties: {}, if: {}, else: {} }],
  ])('has no %s', (_, schema) => {
    expect(errorsOf(schema)).toEqual(['schema_root_combinator']);
  });

  test.each(['a b', 'ü', 'a/b', '', 'a'.repeat(65), 'a$', '__proto__', 'constructor', 'a\u200b'])(
    'has no argument named %j',
    (name) => {
      const schema = JSON.parse(`{"properties": {${JSON.stringify(name)}: {}}}`) as JsonObject;
      expect(errorsOf(schema)).not.toEqual([]);
      const nested = JSON.parse(
        `{"properties": {"ok": {"type": "object", "properties": {${JSON.stringify(name)}: {}}}}}`,
      ) as JsonObject;
      expect(errorsOf(nested).join()).toMatch(/property_name|document_invalid/);
    },
  );

  it('may have names that every provider takes', () => {
    expect(errorsOf({ properties: { a: {}, 'A.b-c_9': {}, ['x'.repeat(64)]: {} } })).toEqual([]);
  });
});

describe('the input schema of a tool that promises any', () => {
  const DIALECT = 'https://json-schema.org/draft/2020-12/schema';
  function compiled(schema: JsonObject, settings: JsonObject = { anySchema: true }) {
    const plain = documentOf({ start: { kind: 'input', config: { schema } }, end: answers('x') }, [
      'start -> end',
    ]);
    return compile({ ...plain, settings }, kinds);
  }
  const severe = ({ problems }: ReturnType<typeof compile>) =>
    problems.filter(({ severity }) => severity === 'error').map(({ code }) => code);
  const whole: JsonObject = {
    $schema: DIALECT,
    $id: 'https://a.example/order',
    type: 'object',
    $defs: { place: { $anchor: 'placeDef', type: 'object', properties: { city: text } } },
    properties: { from: { $ref: '#placeDef' }, to: { $ref: '#/$defs/place' }, phone: text, email: text },
    allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
    if: { required: ['phone'] },
    else: { required: ['from'] },
  };

  it('is passed on as it is written, and what it costs is a warning', () => {
    const { contract, problems } = compiled(whole);
    expect(contract?.inputSchema).toEqual(whole);
    const warnings = problems.filter(({ code }) => code === 'schema_root_combinator');
    expect(warnings.map(({ severity, message }) => [severity, /"(\w+)"/.exec(message)?.[1]])).toEqual([
      ['warning', 'allOf'],
      ['warning', 'if'],
    ]);
    expect(severe(compiled(whole, {}))).toEqual([
      'schema_root_combinator',
      'schema_root_combinator',
      'schema_word',
      'schema_reference',
    ]);
  });

  it('is what values are checked by', () => {
    const fits = compileSchema(compiled(whole).contract!.inputSchema);
    expect(fits({ phone: '1', other: true })).toBeNull();
    expect(fits({ email: 'a@b', from: { city: 'Ulm' } })).toBeNull();
    expect(fits({ email: 'a@b', from: { city: 5 } })).toEqual(['/from/city must be string, got number']);
    expect(fits({ email: 'a@b' })).toEqual(['/from is missing']);
    expect(fits({})).not.toBeNull();
  });

  test.each<[string, JsonObject, string[]]>([
    ['another dialect', { $schema: 'http://json-schema.org/draft-07/schema#' }, ['schema_dialect']],
    ['an anchor twice', { $defs: { a: { $anchor: 'x' }, b: { $anchor: 'x' } } }, ['schema_word']],
    ['an anchor that is none', { $defs: { a: { $anchor: '/a' } } }, ['schema_word']],
    ['a reference to no anchor', { properties: { a: { $ref: '#b' } } }, ['schema_reference']],
    ['an anchor without #', { $defs: { a: { $anchor: 'x' }, b: { $ref: 'x' } } }, ['schema_reference']],
    ['itself, by anchor', { $defs: { a: { $anchor: 'x', items: { $ref: '#x' } } } }, ['schema_cycle']],
    ['a dynamic reference', { properties: { a: { $dynamicRef: '#a' } } }, ['schema_word']],
    ['an identity inside', { properties: { a: { $id: 'x' } } }, ['schema_word']],
    ['a name nobody accepts', { properties: { 'a b': {} } }, ['argument_name']],
    [
      'anchors that double each other',
      {
        $defs: Object.fromEntries(
          Array.from({ length: 20 }, (_, n) => [
            `d${n}`,
            { $anchor: `a${n}`, allOf: n === 0 ? [] : [{ $ref: `#a${n - 1}` }, { $ref: `#a${n - 1}` }] },
          ]),
        ),
        properties: { a: { $ref: '#a19' } },
      },
      ['schema_size'],
    ],
  ])('cannot have %s', (_, schema, expected) => {
    expect(severe(compiled({ type: 'object', ...schema }))).toEqual(expected);
  });

  it('fills in the defaults of a definition that an anchor names', async () => {
    const schema: JsonObject = {
      type: 'object',
      $defs: { size: { $anchor: 'sizeDef', type: 'object', properties: { cm: { default: 7 } } } },
      properties: { size: { $ref: '#sizeDef' } },
    };
    const start = kinds.get('input')!;
    const ran = await start.run({ config: { schema }, input: { size: {} } } as never);
    expect(ran).toEqual({ value: { size: { cm: 7 } } });
  });
});

describe('schemas that somebody wrote', () => {
  function deep(levels: number): JsonSchema {
    let schema: JsonSchema = {};
    for (let level = 0; level < levels; level += 1) schema = { type: 'object', properties: { a: schema } };
    return schema;
  }
  const object = (properties: JsonObject): JsonSchema => ({ type: 'object', properties });

  test.each<[string, JsonSchema, string[]]>([
    [
      'a usual one',
      object({ a: text, b: { type: 'array', items: { $ref: '#/$defs/b' } } }),
      ['schema_reference'],
    ],
    [
      'a definition',
      { ...object({ a: { $ref: '#/$defs/a' } }), $defs: { a: { items: { $ref: '#/$defs/b' } }, b: text } },
      [],
    ],
    ['depth 32', deep(32), []],
    ['depth 33', deep(33), ['schema_depth']],
    ['depth 100,000', deep(100_000), ['schema_size']],
    ['256 members', object(Object.fromEntries(Array.from({ length: 256 }, (_, n) => [`p${n}`, {}]))), []],
    [
      '257 members',
      object(Object.fromEntries(Array.from({ length: 257 }, (_, n) => [`p${n}`, {}]))),
      ['schema_size'],
    ],
    ['2,000 parts', { anyOf: Array.from({ length: 2000 }, () => ({})) }, ['schema_size']],
    ['more than 64 KiB', { ...object({}), enum: ['x'.repeat(70_000)] }, ['schema_size']],
    [
      'a reference to elsewhere',
      object({ a: { $ref: 'https://a.example/schema.json' } }),
      ['schema_reference'],
    ],
    ['a reference to a file', object({ a: { $ref: 'file:///etc/passwd' } }), ['schema_reference']],
    ['a reference to itself', object({ a: { $ref: '#' } }), ['schema_reference']],
    [
      'a definition of itself',
      { $defs: { a: { items: { $ref: '#/$defs/a' } } }, ...object({ a: { $ref: '#/$defs/a' } }) },
      ['schema_cycle'],
    ],
    [
      'definitions of each other',
      { $defs: { a: { items: { $ref: '#/$defs/b' } }, b: { items: { $ref: '#/$defs/a' } } } },
      ['schema_cycle'],
    ],
    ['an identity inside', object({ a: { $id: 'x' } }), ['schema_word']],
    ['an anchor', object({ a: { $anchor: 'x' } }), ['schema_word']],
    ['a dynamic reference', object({ a: { $dynamicRef: '#x' } }), ['schema_word']],
    ['a pattern that explodes elsewhere', object({ a: { type: 'string', pattern: '^(a+)+$' } }), []],
    ['lookahead', object({ a: { type: 'string', pattern: '^(?=a)' } }), ['schema_pattern']],
    ['a pattern that does not parse', { patternProperties: { '(': {} } }, ['schema_pattern']],
    [
      'unique items without bound',
      object({ a: { type: 'array', uniqueItems: true } }),
      ['schema_unique_items'],
    ],
    ['unique items within bounds', object({ a: { type: 'array', uniqueItems: true, maxItems: 1000 } }), []],
    [
      'hidden characters in a description',
      object({ a: { description: 'ok\u{E0041}' } }),
      ['hidden_character'],
    ],
    ['hidden characters in an enum', object({ a: { enum: ['\u202Eabc'] } }), ['hidden_character']],
    ['hidden characters in a default', object({ a: { default: 'a\u0000' } }), ['hidden_character']],
    ['an escape in a title', object({ a: { title: '\u001b[31m' } }), ['hidden_character']],
    ['emoji and other scripts', object({ a: { description: '👨‍👩‍👧 ❤️ می‌خواهم ü 中文' } }), []],
    ['a long description', object({ a: { description: 'x'.repeat(2001) } }), ['text_length']],
    ['properties that are a list', { properties: [] }, ['schema_invalid']],
    ['a property that is a number', { properties: { a: 1 } }, ['schema_invalid']],
    ['a schema that is true', { properties: { a: true }, additionalProperties: false }, []],
    ['a reserved required name', { required: ['__proto__'] }, ['property_name']],
  ])('%s', (_, schema, expected) => {
    expect([...new Set(schemaFaults(schema).map(({ code }) => code))]).toEqual(expected);
  });

  it('are told where they are wrong', () => {
    const schema = object({ a: { type: 'array', items: { pattern: '(' } } });
    expect(schemaFaults(schema)[0]?.path).toEqual(['properties', 'a', 'items', 'pattern']);
  });
});
