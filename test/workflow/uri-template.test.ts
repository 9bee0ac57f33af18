import { UriTemplate as SdkTemplate } from '@modelcontextprotocol/server';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { checkUri, uriTemplate } from '#lib/workflow/uri-template.ts';

const matched = (template: string, uri: string) => uriTemplate(template).match(uri);

describe('a URI of a template', () => {
  it.each([
    ['test://template/{id}/data', 'test://template/123/data', { id: '123' }],
    ['orders://{id}', 'orders://a%20b', { id: 'a b' }],
    ['orders://{id}', 'orders://a,b;c=d', { id: 'a,b;c=d' }],
    ['files://{name}{.format}', 'files://notes.2026.md', { name: 'notes.2026', format: 'md' }],
    ['files://{name}{.format}', 'files://notes', { name: 'notes' }],
    ['files:///{+path}', 'files:///a/b/c.txt?x#y', { path: 'a/b/c.txt?x#y' }],
    ['map://{x,y}', 'map://1,2', { x: '1', y: '2' }],
    ['x://a{/b,c}', 'x://a/1/2', { b: '1', c: '2' }],
    ['x://a{/b,c}', 'x://a/1', { b: '1' }],
    ['x://a{/b,c}', 'x://a', {}],
    ['x://a{#part}', 'x://a#s/1', { part: 's/1' }],
    ['x://a{;b,c}', 'x://a;c=2;b=1', { b: '1', c: '2' }],
    ['x://a{?q,limit}', 'x://a?limit=5&q=a%26b', { q: 'a&b', limit: '5' }],
    ['x://a{?q,limit}', 'x://a', {}],
    ['x://a?kind=all{&q}', 'x://a?kind=all&q=1=2', { q: '1=2' }],
    ['x://%C3%A9/{a}', 'x://%C3%A9/%C3%A9', { a: 'é' }],
  ])('%s is read from %s', (template, uri, values) => {
    expect(matched(template, uri)).toEqual(values);
  });

  it.each([
    ['orders://{id}', 'orders://'],
    ['orders://{id}', 'orders://a/b'],
    ['orders://{id}', 'orders://a?b'],
    ['orders://{id}', 'order://a'],
    ['orders://{id}', ' orders://a'],
    ['orders://{id}', 'orders://%'],
    ['orders://{id}', 'orders://%ff'],
    ['orders://{id}', `orders://${'a'.repeat(2000)}`],
    ['x://a.b/{c}', 'x://aXb/1'],
    ['x://a{?q}', 'x://a?other=1'],
    ['x://a{?q}', 'x://a?q=1&q=2'],
    ['x://a{;b}', 'x://a;c=1'],
  ])('%s is not %s', (template, uri) => {
    expect(matched(template, uri)).toBe(null);
  });

  test('what the templates of the SDK make of values is read back', () => {
    const value = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' });
    // It leaves several values of one expression as they are, so that they are not among these.
    const templates = ['a://{x}/{y}', 'a://{x}{/y}', 'a://b{?x,y}', 'a://{x}{?y}'];
    fc.assert(
      fc.property(fc.constantFrom(...templates), value, value, (template, x, y) => {
        const uri = new SdkTemplate(template).expand({ x, y });
        expect(matched(template, uri)).toEqual({ x, y });
      }),
      { seed: 7 },
    );
  });

  test('no URI takes long', () => {
    const hostile = uriTemplate('a://{a}-{b}-{c}-{d}-{e}-{f}{.g}{?h}');
    const begun = process.cpuUsage().user;
    for (let round = 0; round < 20; round += 1) {
      expect(hostile.match(`a://${'-'.repeat(990)}${'-a.'.repeat(330)}/`)).toBe(null);
    }
    expect(process.cpuUsage().user - begun).toBeLessThan(2_000_000);
  });
});

describe('a template', () => {
  it.each([
    ['{id}', 'begins with a scheme'],
    ['{scheme}://x', 'begins with a scheme'],
    ['orders', 'begins with a scheme'],
    ['a://{b', 'has no "}"'],
    ['a://b}/{c}', 'Only letters, digits'],
    ['a://{}', 'the name of a variable'],
    ['a://{b c}', 'the name of a variable'],
    ['a://{b*}', 'lists ("*")'],
    ['a://{b:3}', 'lists ("*")'],
    ['a://{b}{c}', 'Put something between the variables "b" and "c"'],
    ['a://{b}/{b}', '"b" twice'],
    ['a://b{?c}{&d}', 'in one place'],
    ['a://b c/{d}', 'Only letters, digits'],
    ['a://é/{d}', 'Only letters, digits'],
    [`a://${'b'.repeat(400)}{c}`, 'at most 400 characters'],
  ])('%s is refused', (template, why) => {
    expect(() => uriTemplate(template)).toThrow(why);
  });

  it('has the shape of another with other names', () => {
    const shape = (template: string) => uriTemplate(template).shape;
    expect(shape('a://{b}/{c}')).toBe(shape('a://{x}/{y}'));
    expect(shape('a://{b}/{c}')).not.toBe(shape('a://{b}-{c}'));
    expect(shape('a://b{?x,y}')).toBe(shape('a://b{?y,x}'));
    expect(shape('a://b{?x}')).not.toBe(shape('a://b{?y}'));
  });
});

test.each(['orders', '//orders', 'orders:', 'orders://a b', 'orders://a%2', 'x'.repeat(500)])(
  '"%s" is no URI',
  (uri) => {
    expect(() => checkUri(uri)).toThrow(/URI/);
  },
);
