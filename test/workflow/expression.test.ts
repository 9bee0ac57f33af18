import { describe, expect, it, test } from 'vitest';
import { compileTemplate, evaluateTemplate, parseTemplate, referencesOf } from '#lib/workflow/expression.ts';
import { input, refusal, scope, value } from './scopes.ts';

describe('what expressions give', () => {
  test.each<[string, unknown]>([
    ['input.text', 'Grüße, World'],
    ['input.order.address.city', 'Oslo'],
    ['input["order"]["id"]', 'A-7'],
    ['input.items[1].name', 'ink'],
    ['input.list.length', 3],
    ['input.missing', undefined],
    ['input.missing?.deeper.still', undefined],
    ['(input.missing?.deeper) ?? "none"', 'none'],
    ['input.nothing?.[input.text]', undefined],
    ['input.items.map', undefined],
    ['steps.fetch.body.items[0].id', 1],
    ['steps["fetch"].status', 200],
    ['steps.other?.value', undefined],
    ['env.REGION', 'eu'],
    ['run.id', 'run-1'],
    ['1 + 2 * 3', 7],
    ['"a" + 1 + null', 'a1null'],
    ['7 % 4 + 2 ** 3', 11],
    ['-input.fraction', 2.5],
    ['+"12"', 12],
    ['"2" * "3"', 6],
    ['0.1 + 0.2', 0.1 + 0.2],
    ['input.number > 40 && input.yes', true],
    ['input.empty || "default"', 'default'],
    ['input.zero ?? 5', 0],
    ['input.number === 42 ? "yes" : "no"', 'yes'],
    ['"1" == 1', true],
    ['null == undefined', true],
    ['"1" === 1', false],
    ['"b" > "a"', true],
    ['!input.nothing', true],
    ['typeof input.list', 'object'],
    ['`${input.order.id}: ${input.number + 1}`', 'A-7: 43'],
    ['[1, ...input.list, "x"]', [1, 3, 1, 2, 'x']],
    ['[..."a👍"]', ['a', '👍']],
    ['({ a: 1, ...input.order.address, [input.order.id]: true })', { a: 1, city: 'Oslo', 'A-7': true }],
    ['{ "a-b": { c: [] } }', { 'a-b': { c: [] } }],
    ['input.items.map((item) => item.name)', ['pen', 'ink', 'paper']],
    [
      'input.items.map(({ name, tags: [first] }, i) => [i, name, first ?? null])',
      [
        [0, 'pen', 'blue'],
        [1, 'ink', null],
        [2, 'paper', 'white'],
      ],
    ],
    ['input.items.filter((x) => x.price > 5).map((x) => x.id)', [2]],
    ['input.items.reduce((sum, x) => sum + (x.price ?? 0), 0)', 12.5],
    ['input.items.find((x) => x.id === 9)', undefined],
    ['input.items.some((x) => x.tags.includes("blue"))', true],
    ['input.items.flatMap((x) => x.tags)', ['blue', 'cheap', 'white']],
    [
      'input.items.map((x) => input.list.map((y) => x.id * y))',
      [
        [3, 1, 2],
        [6, 2, 4],
        [9, 3, 6],
      ],
    ],
    ['input.list.sort()', [1, 2, 3]],
    ['input.list.toSorted((a, b) => b - a)', [3, 2, 1]],
    ['input.words.sort()', ['', 'Apple', 'fig', 'pear']],
    ['input.mixed.join("|")', '1|1||true|2,3|[object Object]'],
    ['String(input.mixed)', '1,1,,true,2,3,[object Object]'],
    ['input.text.split(", ").reverse().join(" ")', 'World Grüße'],
    ['input.text.toUpperCase().slice(-5)', 'WORLD'],
    ['"a-b-c".replace("-", "+") + "a-b-c".replaceAll("-", "")', 'a+b-cabc'],
    ['"price".replace("c", "[$&$$]")', 'pri[c$]e'],
    ['(12.345).toFixed(1)', '12.3'],
    ['(255).toString(16)', 'ff'],
    ['Math.max(...input.list, 2)', 3],
    ['Object.entries(input.order.address).map(([name, of]) => name + "=" + of)', ['city=Oslo']],
    ['[1, 2].map((x) => ({ x, input }).x)', [1, 2]],
    ['[[1, [2]], [3]].flat(5)', [1, 2, 3]],
    ['((1))', 1],
    ['[1, undefined, 0 / 0]', [1, null, null]],
    ['({ a: undefined, b: 1 })', { b: 1 }],
  ])('%s', (expression, expected) => {
    expect(value(expression)).toEqual(expected);
  });

  it('leaves what it reads as it is', () => {
    const before = JSON.stringify(input);
    value('[input.list.sort(), input.list.reverse(), input.items.sort((a, b) => b.id - a.id)]');
    expect(JSON.stringify(input)).toBe(before);
  });

  it('hands on what it only reads, without copying it', () => {
    expect(value('input.items')).toBe(input['items']);
    expect(value('input.missing ?? input.items')).toBe(input['items']);
  });

  it('takes time and chance from the scope, so that a run replays', () => {
    expect(value('[now(), Date.now(), random(), randomInt(1, 8), uuid()]')).toEqual([
      '2026-11-21T09:30:00.000Z',
      Date.UTC(2026, 10, 21, 9, 30),
      0.25,
      3,
      '44444444-4444-4444-8444-444444444444',
    ]);
  });
});

describe('templates', () => {
  test.each<[string, unknown]>([
    ['no expression } here {', 'no expression } here {'],
    ['{{ input.number }}', 42],
    ['  {{ input.number }}\n', 42],
    ['n = {{ input.number }}', 'n = 42'],
    ['{{ input.number }}{{ input.yes }}', '42true'],
    ['<{{ input.nothing }}|{{ input.missing }}>', '<|>'],
    ['{{ input.order }}!', '{"id":"A-7","total":12.5,"address":{"city":"Oslo"}}!'],
    ['{{{ a: { b: 1 } }}}', { a: { b: 1 } }],
    ['{{ "}}" }} and {{ "{{" }}', '}} and {{'],
    ['{{ /* }} */ 1 }}', 1],
    ['a } b }} c {{ 1 }}', 'a } b }} c 1'],
  ])('%j', (text, expected) => {
    expect(evaluateTemplate(text, scope())).toEqual(expected);
  });

  it('compiles once and evaluates with any scope', () => {
    const hello = compileTemplate('Hello {{ input.name }}');
    expect(hello(scope({ input: { name: 'Ada' } }))).toBe('Hello Ada');
    expect(hello(scope({ input: { name: 'Bo' } }))).toBe('Hello Bo');
  });

  test.each<[string, string, number, number]>([
    ['{{ }}!', 'expression_empty', 0, 5],
    ['x {{ 1 + }}', 'expression_syntax', 9, 10],
    ['{{ a b }}', 'expression_syntax', 5, 6],
    ['{{ input.text', 'expression_syntax', 12, 13],
    ['{{', 'expression_syntax', 1, 2],
    ['{{ input.x = 1 }}', 'expression_unsupported', 3, 14],
    ['{{ inptu.x }}', 'expression_unknown_name', 3, 8],
    ['{{ steps }}', 'expression_steps', 3, 8],
    ['{{ sha265("") }}', 'expression_unknown_function', 3, 9],
    ['{{ Math.rond(1) }}', 'expression_unknown_function', 3, 12],
    ['{{ sha256() }}', 'expression_arguments', 3, 11],
    ['{{ input.list.mapp((x) => x) }}', 'expression_unknown_method', 14, 18],
    ['{{ input.list.map(sha256) }}', 'expression_arguments', 3, 25],
    ['{{ ((x) => x) }}', 'expression_arrow', 4, 12],
    ['{{ /a+/ }}', 'expression_regex', 3, 7],
    ['{{ sha256 }}', 'expression_function_value', 3, 9],
    ['{{ input[steps] }}', 'expression_steps', 9, 14],
    ['{{ input.list.map(async (x) => x) }}', 'expression_unsupported', 18, 32],
    ['{{ input.constructor }}', 'expression_forbidden_name', 9, 20],
  ])('%j is refused as %s', (text, code, start, end) => {
    const { faults } = parseTemplate(text);
    expect(faults[0]).toMatchObject({ code, start, end });
    expect(() => evaluateTemplate(text, scope())).toThrow(faults[0]!.message);
  });

  it('reports every fault of a text', () => {
    const { faults } = parseTemplate('{{ nope }} and {{ 1 + }} and {{ input.ok }} and {{ new X() }}');
    expect(faults.map(({ code }) => code)).toEqual([
      'expression_unknown_name',
      'expression_syntax',
      'expression_unsupported',
    ]);
  });

  it('suggests the name that was meant', () => {
    expect(refusal('inptu.text')).toBe('There is no "inptu". Did you mean input?');
    expect(refusal('input.list.fliter((x) => x)')).toBe('There is no method fliter. Did you mean filter?');
  });

  test.each([
    'this',
    'new Date()',
    'input.x++',
    'delete input.x',
    'void 0',
    '(1, 2)',
    'function () {}',
    'class {}',
    'async () => 1',
    'import("fs")',
    'import.meta',
    'await 1',
    'String.raw`a`',
    '"a" in input',
    'input instanceof Object',
    '1n',
    '~1',
    '1 << 2',
    'input.f?.()',
    '[, 1]',
    '({ get a() { return 1 } })',
    '({ f() {} })',
    'eval("1")',
    'globalThis',
    'process.env',
    'require("fs")',
    'Function("return 1")()',
    'input.list.push(1)',
    '[1].map((x) => { return x })',
    '[1].map((x = 1) => x)',
    'Object',
    'Math',
  ])('has no %s', (expression) => {
    expect(parseTemplate(`{{ ${expression} }}`).faults).not.toEqual([]);
  });
});

describe('failures while evaluating', () => {
  test.each<[string, string]>([
    [
      'input.missing.name',
      'Cannot read "name": input.missing is undefined. Where it may be missing, write input.missing?.name.',
    ],
    [
      'input.nothing.name',
      'Cannot read "name": input.nothing is null. Where it may be missing, write input.nothing?.name.',
    ],
    ['input.order.address.street.length', 'input.order.address.street?.length'],
    ['input.missing.map((x) => x)', 'input.missing?.map'],
    ['input.items.map((x) => x.maker.name)', 'Cannot read "name": x.maker is undefined.'],
    ['input.number.map((x) => x)', 'input.number is a number, which has no method map.'],
    ['input.order.filter((x) => x)', 'input.order is an object, which has no method filter.'],
    ['[...input.order]', 'Only a list or a text can be spread'],
    ['[].reduce((a, b) => a)', 'needs a first value'],
    ['sum(input.text)', 'sum: a list is needed, not a text.'],
    ['JSON.parse("{")', 'JSON.parse: this is not JSON: {'],
    ['"a".repeat(-1)', 'negative'],
  ])('%s', (expression, words) => {
    expect(refusal(expression)).toContain(words);
  });
});

describe('references', () => {
  it('are told with their places', () => {
    const text = 'Hi {{ steps.fetch.body?.items.map((x) => x.id + input.n) }} {{ env["A"] }}';
    expect(
      referencesOf(text).map(({ root, path, method, start, end }) => ({
        root,
        path: path.map(({ name, optional }) => (optional ? `?${name}` : name)),
        method,
        text: text.slice(start, end),
      })),
    ).toEqual([
      { root: 'steps', path: ['fetch', 'body', '?items'], method: 'map', text: 'steps.fetch.body?.items' },
      { root: 'input', path: ['n'], method: null, text: 'input.n' },
      { root: 'env', path: ['A'], method: null, text: 'env["A"]' },
    ]);
  });

  it('do not include parameters of the same name', () => {
    expect(referencesOf('{{ input.list.map((input) => input.x) }}').map(({ path }) => path.length)).toEqual([
      1,
    ]);
  });

  it('of a computed name end before it', () => {
    const [first, second] = referencesOf('{{ steps.fetch.body[input.name].x }}');
    expect(first?.path.map(({ name }) => name)).toEqual(['fetch', 'body']);
    expect(second?.path.map(({ name }) => name)).toEqual(['name']);
  });
});
