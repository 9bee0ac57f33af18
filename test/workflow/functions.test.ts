import { describe, expect, it, test } from 'vitest';
import { ExpressionError } from '#lib/workflow/expression.ts';
import { functions } from '#lib/workflow/functions.ts';
import { pick, seeded } from './random.ts';
import { refusal, value } from './scopes.ts';

/** Every function of the library, by an example or several. */
const examples: [string, unknown][] = [
  ['String([1, null])', '1,'],
  ['String()', ''],
  ['capitalize("ábc")', 'Ábc'],
  ['capitalize("")', ''],
  ['truncate("abcdef", 4)', 'abc…'],
  ['truncate("abc", 3)', 'abc'],
  ['truncate("a👍b", 3)', 'a…'],
  ['slugify("Crème brûlée! Nr. 7 ")', 'creme-brulee-nr-7'],
  ['escapeHtml("<a href=\\"x\\">\'&")', '&lt;a href=&quot;x&quot;&gt;&#39;&amp;'],
  ['matches("Order 66", "[0-9]+$")', true],
  ['matches("abc", "^B", "i")', false],
  ['matches("abc", "^A", "i")', true],
  ['match("2026-11-21", "(\\\\d+)-(\\\\d+)")', ['2026-11', '2026', '11']],
  ['match("x", "(y)?x")', ['x', null]],
  ['match("x", "y")', null],
  ['matchAll("a1b2", "([a-z])(\\\\d)").map((m) => m[2])', ['1', '2']],
  ['matchAll("aaa", "")', [[''], [''], [''], ['']]],
  ['replaceMatches("a1b22", "\\\\d+", "<$&>")', 'a<1>b<22>'],
  ['replaceMatches("Doe, Jane", "(\\\\w+), (\\\\w+)", "$2 $1 $$ $3")', 'Jane Doe $ $3'],
  ['splitMatches("a1b22c", "\\\\d+")', ['a', 'b', 'c']],
  ['Number(" 12 ")', 12],
  ['Number()', 0],
  ['Boolean("")', false],
  ['parseInt("12px")', 12],
  ['parseInt("ff", 16)', 255],
  ['parseFloat("1.5e2x")', 150],
  ['round(1.005, 2)', 1.01],
  ['round(-2.5)', -3],
  ['round(1e21, 2)', 1e21],
  ['round(0 / 0)', null],
  ['formatNumber(1234.5, 2)', '1,234.50'],
  ['formatNumber(1234.5, 1, "de")', '1.234,5'],
  ['Number.isInteger(5)', true],
  ['Number.isFinite("5")', false],
  ['Number.isNaN(0 / 0)', true],
  ['Math.abs(-2)', 2],
  ['Math.ceil(1.2)', 2],
  ['Math.floor(-1.2)', -2],
  ['Math.round(2.5)', 3],
  ['Math.trunc(-1.7)', -1],
  ['Math.sign(-3)', -1],
  ['Math.sqrt(9)', 3],
  ['Math.cbrt(27)', 3],
  ['Math.exp(0)', 1],
  ['Math.log(Math.E)', 1],
  ['Math.log2(8)', 3],
  ['Math.log10(1000)', 3],
  ['Math.pow(2, 10)', 1024],
  ['Math.min(3, 1, 2)', 1],
  ['Math.max(...[3, 9])', 9],
  ['Math.PI', Math.PI],
  ['Array.isArray([])', true],
  ['sum([1, 2, 3])', 6],
  ['sum(input.items, "price")', 12.5],
  ['average([1, 2, 6])', 3],
  ['average([])', null],
  ['unique([1, "1", 1, { a: 1 }, { a: 1 }, null, null])', [1, '1', { a: 1 }, null]],
  ['unique([{ k: 1, n: 1 }, { k: 1, n: 2 }], "k")', [{ k: 1, n: 1 }]],
  ['sortBy(input.items, "price").map((x) => x.id)', [1, 2, 3]],
  ['sortBy(input.items, "price", "desc").map((x) => x.id)', [2, 1, 3]],
  ['sortBy(input.items, "name").map((x) => x.name)', ['ink', 'paper', 'pen']],
  [
    'groupBy([{ k: "a", n: 1 }, { k: "b", n: 2 }, { k: "a", n: 3 }], "k")',
    {
      a: [
        { k: 'a', n: 1 },
        { k: 'a', n: 3 },
      ],
      b: [{ k: 'b', n: 2 }],
    },
  ],
  ['chunk([1, 2, 3, 4, 5], 2)', [[1, 2], [3, 4], [5]]],
  ['range(2, 5)', [2, 3, 4]],
  ['range(5, 2)', []],
  ['Object.keys({ a: 1, b: 2 })', ['a', 'b']],
  ['Object.values({ a: 1, b: 2 })', [1, 2]],
  ['Object.entries({ a: 1 })', [['a', 1]]],
  ['Object.fromEntries([["a", 1]])', { a: 1 }],
  ['pick(input.order, "id", "none")', { id: 'A-7' }],
  ['pick(input.order, ["id", "total"])', { id: 'A-7', total: 12.5 }],
  ['omit(input.order, "address", "id")', { total: 12.5 }],
  [
    '[null, "", [], {}, 0, "x", undefined].map((x) => isEmpty(x))',
    [true, true, true, true, false, false, true],
  ],
  ['now()', '2026-11-21T09:30:00.000Z'],
  ['today()', '2026-11-21'],
  ['today("Pacific/Kiritimati")', '2026-11-21'],
  ['Date.now()', 1795253400000],
  ['toDate(0)', '1970-01-01T00:00:00.000Z'],
  ['toDate("2026-11-21 10:30+0100")', '2026-11-21T09:30:00.000Z'],
  ['toDate("2026-11-21T09:30")', '2026-11-21T09:30:00.000Z'],
  ['toTimestamp("1970-01-02")', 86_400_000],
  ['formatDate("2026-11-21T23:05:09.007Z", "EEE d MMM yyyy HH:mm:ss.SSS")', 'Sat 21 Nov 2026 23:05:09.007'],
  [
    'formatDate("2026-11-21T23:05:00Z", "EEEE dd MMMM, \'o\'\'clock\' H", "Europe/Berlin")',
    'Sunday 22 November, oclock 0',
  ],
  ['formatDate("2026-07-01T00:00:00Z", "HH:mm", "America/New_York")', '20:00'],
  ['addToDate("2026-01-31", 1, "month")', '2026-02-28T00:00:00.000Z'],
  ['addToDate("2024-02-29", 1, "years")', '2025-02-28T00:00:00.000Z'],
  ['addToDate("2026-11-21T09:30:00Z", -90, "minutes")', '2026-11-21T08:00:00.000Z'],
  ['dateDiff("2026-01-01", "2026-03-01", "days")', 59],
  ['dateDiff("2026-01-31", "2026-02-28", "months")', 1],
  ['dateDiff("2026-03-01", "2026-01-15", "months")', -1],
  ['dateDiff("2000-02-29", "2026-02-28", "years")', 26],
  ['dateDiff("2026-01-02", "2026-01-01", "weeks")', 0],
  ['JSON.stringify({ a: [1, undefined], b: undefined })', '{"a":[1,null]}'],
  ['JSON.stringify([1], null, 2)', '[\n  1\n]'],
  ['JSON.parse("[1, {\\"a\\": null}]")', [1, { a: null }]],
  ['base64Encode("Grüße")', 'R3LDvMOfZQ=='],
  ['base64UrlEncode("??>>")', 'Pz8-Pg'],
  ['base64Decode("R3LDvMOfZQ==") + base64Decode("Pz8-Pg")', 'Grüße??>>'],
  ['urlEncode("a/b c?d=é")', 'a%2Fb%20c%3Fd%3D%C3%A9'],
  ['urlDecode("a%2Fb")', 'a/b'],
  ['encodeURIComponent("&")', '%26'],
  ['decodeURIComponent("%26")', '&'],
  [
    'buildQuery({ a: 1, "b c": "x&y", list: [1, 2], none: null, o: { p: 1 } })',
    'a=1&b%20c=x%26y&list=1&list=2&o=%7B%22p%22%3A1%7D',
  ],
  [
    'parseUrl("https://u.example:8080/a/b?x=1&x=2#top")',
    {
      protocol: 'https:',
      host: 'u.example:8080',
      hostname: 'u.example',
      port: '8080',
      path: '/a/b',
      hash: '#top',
      query: { x: '2' },
    },
  ],
  ['parseUrl("not a url")', null],
  ['sha256("abc")', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  ['sha256("", "base64")', '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='],
  ['sha256("", "base64url")', '47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU'],
  ['sha512("abc").slice(0, 16)', 'ddaf35a193617aba'],
  ['sha1("abc")', 'a9993e364706816aba3e25717850c26c9cd0d89d'],
  ['md5("abc")', '900150983cd24fb0d6963f7d28e17f72'],
  [
    'hmacSha256("what do ya want for nothing?", "Jefe")',
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  ],
  ['random()', 0.25],
  ['randomInt(10, 13)', 11],
  ['uuid()', '44444444-4444-4444-8444-444444444444'],
];

describe('the function library', () => {
  test.each(examples)('%s', (expression, expected) => {
    expect(value(expression)).toEqual(expected);
  });

  it('has an example for each of its functions', () => {
    const called = examples.map(([expression]) => expression).join(' ');
    const without = [...functions.keys()].filter((name) => !called.includes(`${name}(`));
    expect(without).toEqual([]);
  });

  it('describes each of them for the editor', () => {
    for (const { name, signature, summary, arity } of functions.values()) {
      expect(signature.startsWith(`${name}(`)).toBe(true);
      expect(summary).toMatch(/^.{5,}\.$/);
      expect(arity[0]).toBeLessThanOrEqual(arity[1]);
    }
  });

  test.each<[string, string]>([
    ['toDate("next week")', 'toDate: "next week" is not a date: write 2026-11-21 or 2026-11-21T09:30:00Z.'],
    ['toDate("2026-13-01")', 'is not a date'],
    ['addToDate(now(), 1, "fortnight")', 'there is no unit "fortnight"'],
    ['addToDate(now(), 1e11, "years")', 'out of range'],
    ['formatDate(now(), "yyyy", "Mars/Olympus")', 'there is no time zone "Mars/Olympus"'],
    ['formatNumber(1, 2, "no locale")', 'there is no locale'],
    ['urlEncode(input.missing)', 'urlEncode: a text is needed, not undefined.'],
    ['sha256("x", "binary")', 'there is no encoding "binary"'],
    ['base64Decode("*")', 'this is not text in base64.'],
    ['base64Decode("/w==")', 'this is not text in base64.'],
    ['chunk([1], 0)', 'a whole number from 1'],
    ['randomInt(5, 1)', '1 is less than 5.'],
    ['sum([1], "constructor")', '"constructor" cannot be read'],
  ])('%s says why not', (expression, words) => {
    expect(refusal(expression)).toContain(words);
  });

  it('takes any arguments, and refuses in its own words', () => {
    const random = seeded(23);
    const odd = [
      'null',
      'undefined',
      'true',
      '0',
      '-1',
      '0.5',
      '1e308',
      '0 / 0',
      '1 / 0',
      '""',
      '"a"',
      '"%"',
      '"\\ud800"',
      '"("',
      '"2026-02-30"',
      '"months"',
      '"__proto__"',
      '[]',
      '[[]]',
      '[null, undefined]',
      '({})',
      '({ a: [1] })',
      'input',
      'input.text',
      'input.mixed',
      'input.items',
      '"x".repeat(5000)',
    ];
    let given = 0;
    for (const { name, arity } of functions.values()) {
      for (let round = 0; round < 40; round += 1) {
        const count = arity[0] + Math.floor(random() * (Math.min(arity[1], arity[0] + 3) - arity[0] + 1));
        const expression = `${name}(${Array.from({ length: count }, () => pick(random, odd)).join(', ')})`;
        try {
          value(expression);
          given += 1;
        } catch (error) {
          expect(error, expression).toBeInstanceOf(ExpressionError);
        }
      }
    }
    expect(given).toBeGreaterThan(functions.size * 10);
  });

  it('gives the same in every place: no clock, zone or language of the machine', () => {
    const zone = process.env['TZ'];
    try {
      process.env['TZ'] = 'Asia/Tokyo';
      expect(value('[toDate("2026-11-21T09:30"), formatDate("2026-11-21", "HH:mm"), today()]')).toEqual([
        '2026-11-21T09:30:00.000Z',
        '00:00',
        '2026-11-21',
      ]);
    } finally {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    }
  });
});
