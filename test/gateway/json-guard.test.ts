import { describe, expect, it } from 'vitest';
import { jsonTooComplex, parseJson } from '#lib/gateway/json-guard.ts';

const check = (text: string) => jsonTooComplex(Buffer.from(text));

describe('looking over JSON before it is parsed', () => {
  it('counts levels of lists and objects', () => {
    expect(check('['.repeat(64) + ']'.repeat(64))).toBeNull();
    expect(check('['.repeat(65) + ']'.repeat(65))).toContain('64 levels');
    expect(check('{"a":'.repeat(65))).toContain('64 levels');
  });

  it('is not slow on the deepest text that fits a body', () => {
    expect(check('['.repeat(1_000_000))).toContain('64 levels');
  });

  it('counts members', () => {
    const members = (count: number) => `{${Array.from({ length: count }, (_, i) => `"k${i}":1`).join(',')}}`;
    expect(check(members(10_000))).toBeNull();
    expect(check(members(10_001))).toContain('10000 members');
  });

  it('does not count what is inside texts', () => {
    expect(check(JSON.stringify({ text: `${'['.repeat(100)}"\\"${':'.repeat(20_000)}` }))).toBeNull();
    expect(check('"\\\\"')).toBeNull();
    // The backslash is the text's last character; the brackets are outside.
    expect(check(`["\\\\",${'['.repeat(64)}`)).toContain('64 levels');
  });

  it('passes what is not JSON on to the parser', () => {
    expect(check('"never ends')).toBeNull();
    expect(check(']]]]')).toBeNull();
  });
});

describe('parsing JSON', () => {
  it('leaves out members named __proto__, however they are written', () => {
    for (const text of [
      '{"a":{"__proto__":{"admin":true},"b":1}}',
      '{"a":{"\\u005f_proto__":{"admin":true},"b":1}}',
      '{"a":{"__\\u0070roto__":{"admin":true},"b":1}}',
    ]) {
      const value = parseJson(text) as { a: object };
      expect(Object.keys(value.a)).toEqual(['b']);
      expect(Object.assign({}, value.a)).not.toHaveProperty('admin');
    }
  });

  it('keeps other names and texts as they are', () => {
    const value = { constructor: 1, text: 'the __proto__ of \\u005f', list: [{ prototype: null }] };
    expect(parseJson(JSON.stringify(value))).toEqual(value);
  });
});
