import { describe, expect, it, test } from 'vitest';
import { evaluateTemplate, parseTemplate } from '#lib/workflow/expression.ts';
import { functions } from '#lib/workflow/functions.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { pick, seeded } from './random.ts';
import { refusal, scope, value } from './scopes.ts';

describe('no way from a value to code', () => {
  it('evaluates at all (positive control)', () => {
    expect(value('input.order["i" + "d"]')).toBe('A-7');
  });

  test.each([
    'input.constructor',
    'input["constructor"]',
    'input["const" + "ructor"]',
    'input[["constructor"]]',
    'input?.["constr" + "uctor"]',
    'input.__proto__',
    'input["__pro" + "to__"]',
    'input.text.constructor.constructor("return 1")()',
    'input.list.map.constructor',
    'input.list["constructor"]',
    '[].constructor',
    '"".constructor',
    '(1).constructor',
    '(() => 1).constructor',
    'String.constructor',
    'Math.constructor',
    'JSON.constructor',
    'Object.constructor',
    'Object.prototype',
    'Object.getPrototypeOf(input)',
    'Object.assign({}, input)',
    'Object.defineProperty({}, "a", {})',
    'input.list.map((x) => x.constructor)',
    'input.list.map(({ constructor }) => constructor)',
    'input.list.map(({ constructor: c }) => c)',
    'input.list.reduce((sum, name) => sum["constructor"], input)',
    '({ __proto__: { a: 1 } })',
    '({ "__proto__": 1 })',
    '({ ["__pro" + "to__"]: 1 })',
    '({ constructor: 1 })',
    'Object.fromEntries([["__proto__", { polluted: true }]])',
    'groupBy([{ k: "__proto__" }], "k")',
    'pick(input, "__proto__")',
    'sortBy(input.items, "constructor")',
  ])('%s', (expression) => {
    const { faults } = parseTemplate(`{{ ${expression} }}`);
    if (faults.length === 0) refusal(expression);
    else expect(faults[0]!.message.length).toBeGreaterThan(10);
  });

  test.each([
    ['input.toString', undefined],
    ['input.hasOwnProperty', undefined],
    ['input.valueOf', undefined],
    ['input.text.at', undefined],
    ['input.list["push"]', undefined],
    ['input.__defineGetter__', undefined],
    ['input.list.at(-1)?.length', undefined],
  ])('%s is not inherited', (expression, expected) => {
    expect(value(expression)).toBe(expected);
  });

  it('calls nothing that data brings along', () => {
    const input: JsonObject = {
      a: { toString: 'x', valueOf: 'y', toJSON: 'z', [Symbol.iterator.toString()]: 1 },
    };
    expect(value('"" + input.a', { input })).toBe('[object Object]');
    expect(value('input.a + 1', { input })).toBe('[object Object]1');
    expect(value('JSON.stringify(input.a)', { input })).toContain('"toJSON":"z"');
    expect(refusal('input.a.toJSON()', { input })).toContain('no method toJSON');
  });

  it('pollutes no prototype with hostile data', () => {
    const input = JSON.parse(
      '{"bad": {"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}}',
    ) as JsonObject;
    for (const expression of [
      '({ ...input.bad })',
      '({ ...input.bad, ok: 1 })',
      'omit(input.bad, "x")',
      'Object.fromEntries(Object.entries(input.bad))',
      'Object.values(input.bad)',
      'JSON.parse(JSON.stringify(input.bad))',
      '[input.bad, undefined]',
      '({ a: input.bad, b: undefined })',
    ]) {
      value(expression, { input });
    }
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    const copy = value('({ ...input.bad })', { input }) as JsonObject;
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
    expect(copy['polluted']).toBeUndefined();
  });

  it('names no function of the library by a forbidden name', () => {
    expect(functions.has('constructor')).toBe(false);
    expect(functions.size).toBeGreaterThan(50);
    for (const [name, entry] of functions) expect(entry.name).toBe(name);
  });
});

describe('budgets', () => {
  test.each([
    ['nested loops', 'range(0, 2000).map((a) => range(0, 2000).map((b) => a * b))'],
    ['a text that doubles', 'range(0, 60).reduce((text) => text + text, "x")'],
    ['a text that is repeated', '"x".repeat(1e9)'],
    ['many long texts', 'range(0, 1000).map((i) => "x".repeat(4000000)).length'],
    ['padding', '"x".padStart(1e9, "ab")'],
    ['a replacement that grows', '"x".repeat(100000).replaceAll("x", "y".repeat(100000))'],
    ['a replacement of what is before and behind', '"ab".repeat(100000).replaceAll("a", "$`")'],
    ['joining', 'range(0, 1000).map((i) => "x".repeat(1000)).join("y".repeat(100000))'],
    ['a list that doubles', 'range(0, 60).reduce((list) => [...list, ...list], [1]).length'],
    ['a value that contains itself often', 'range(0, 40).reduce((pair) => [pair, pair], 1)'],
    ['… as JSON', 'JSON.stringify(range(0, 40).reduce((pair) => [pair, pair], 1))'],
    ['… as text', '"" + range(0, 40).reduce((pair) => [pair, pair], 1)'],
    ['… flattened', 'range(0, 40).reduce((pair) => [pair, pair], 1).flat(1e9).length'],
    ['a value nested too deep', 'range(0, 5000).reduce((inner) => [inner], 1)'],
    ['… as text', '`${range(0, 5000).reduce((inner) => [inner], 1)}`'],
    ['… flattened', 'range(0, 5000).reduce((inner) => [inner], 1).flat(1e9)'],
    ['indented JSON', 'JSON.stringify(range(0, 90).reduce((inner) => [inner, range(0, 9000)], 1), null, 10)'],
    ['a long range', 'range(0, 100000000)'],
    ['cutting a text into letters', '"x".repeat(4000000).split("")'],
    ['spreading a text', '[..."x".repeat(4000000)]'],
    ['comparing long texts', 'range(0, 10000).map((i) => "x".repeat(50000) === "x".repeat(50000))'],
    ['hashing much', 'range(0, 100).map((i) => sha256("x".repeat(1000000)))'],
    ['many slow functions', 'range(0, 100000).map((i) => formatDate(i, "yyyy", "Europe/Oslo"))'],
    ['matching much', 'range(0, 100).map((i) => matches("a".repeat(30000), "(a|b)*c"))'],
    ['a pattern that reads all for each match', 'matchAll("x".repeat(20000), "x*y|x").length'],
    ['… replaced', 'replaceMatches("x".repeat(20000), "x*y|x", "")'],
    ['… split', 'splitMatches("x".repeat(20000), "x*y|x").length'],
    ['sorting', 'range(0, 400000).sort((a, b) => b - a).length'],
    ['queries', 'range(0, 2000).map((i) => buildQuery({ a: "€".repeat(100000) })).length'],
  ])('end %s', (_, expression) => {
    expect(refusal(expression)).toMatch(/too much work|longer than|nested/);
  });

  it('leave room for honest work', () => {
    const input = {
      rows: Array.from({ length: 10_000 }, (_, id) => ({ id, name: `row ${id}`, price: id / 100 })),
    };
    expect(
      value('sum(input.rows.filter((r) => r.price > 50).map((r) => r.price * 2))', { input }),
    ).toBeGreaterThan(0);
    expect(value('input.rows.map((r) => `${r.id}: ${r.name}`).join("\\n").length', { input })).toBe(147_779);
    expect(value('sortBy(input.rows, "price", "desc")[0].id', { input })).toBe(9999);
    expect(value('JSON.stringify(input.rows).length > 100000', { input })).toBe(true);
    expect(value('input.rows', { input })).toHaveLength(10_000);
  });

  it('start anew with each evaluation', () => {
    const text = '{{ range(0, 100000).map((x) => x).length }}';
    for (let round = 0; round < 5; round += 1) expect(evaluateTemplate(text, scope())).toBe(100_000);
  });
});

describe('regular expressions', () => {
  it('take time in proportion to the text, where JavaScript would never end', () => {
    const text = `${'a'.repeat(5000)}b`;
    expect(value('matches(input.text, "^(a+)+$")', { input: { text } })).toBe(false);
    expect(value('match(input.text, "(a|aa)+$")', { input: { text } })).toBe(null);
    expect(value('replaceMatches(input.text, "(a*)*b", "x")', { input: { text } })).toBe('x');
  });

  test.each([
    ['lookahead', 'matches("a", "(?=a)a")'],
    ['back-references', 'matches("aa", "(a)\\\\1")'],
    ['patterns that do not parse', 'matches("a", "(")'],
    ['repetitions that multiply', 'matches("a", "((a{100}){100}){100}")'],
    ['patterns of any length', 'matches("a", "a".repeat(2000))'],
    ['unknown flags', 'matches("a", "a", "y")'],
  ])('have no %s', (_, expression) => {
    expect(refusal(expression)).toMatch(/pattern/);
  });
});

describe('hostile text', () => {
  it('never makes the parser or the compiler throw', () => {
    const random = seeded(7);
    const pieces = [
      '{{',
      '}}',
      '{',
      '}',
      '(',
      ')',
      '[',
      ']',
      'input',
      'steps',
      '.a',
      '?.',
      '`',
      '${',
      '"',
      "'",
      '/',
      '*',
      '//',
      '/*',
      '*/',
      '<!--',
      '=>',
      'x',
      '1',
      '...',
      ',',
      ':',
      '?',
      '\\',
      '\u2028',
      '\ud800',
      '#',
      '@',
      'async',
      'await',
      'yield',
      'new',
      '0x',
      '1e',
      '\n',
    ];
    let refused = 0;
    for (let round = 0; round < 3000; round += 1) {
      const text = `{{ ${Array.from({ length: 1 + Math.floor(random() * 12) }, () => pick(random, pieces)).join('')} }}`;
      const { faults } = parseTemplate(text);
      if (faults.length > 0) refused += 1;
      for (const { start, end } of faults) {
        expect(start).toBeGreaterThanOrEqual(0);
        expect(end).toBeGreaterThanOrEqual(start);
        expect(end).toBeLessThanOrEqual(text.length);
      }
    }
    expect(refused).toBeGreaterThan(2000);
  });

  test.each([
    ['parentheses', `${'('.repeat(4000)}1${')'.repeat(4000)}`],
    ['lists', `${'['.repeat(4000)}${']'.repeat(4000)}`],
    ['signs', `${'!'.repeat(9000)}1`],
    ['sums', Array.from({ length: 3000 }, () => '1').join('+')],
    ['conditions', `${'1?'.repeat(2000)}1${':1'.repeat(2000)}`],
    ['length', `"${'a'.repeat(20_000)}"`],
  ])('with too much nesting is refused: %s', (_, expression) => {
    const { faults } = parseTemplate(`{{ ${expression} }}`);
    expect(faults.map(({ code }) => code)).toContainEqual(
      expect.stringMatching(/^expression_(depth|syntax)$/),
    );
  });
});
