import { afterAll, describe, expect, test } from 'vitest';
import { parse } from '#lib/nodes/parse.ts';
import { createParser } from '#lib/parse/parser.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import { compileSchema } from '#lib/workflow/validator.ts';
import { memoryFiles, runKind, stepError } from './run-kind.ts';

const parser = createParser({ timeoutMs: 10_000 });
afterAll(() => parser.close());

async function read(format: object, source: JsonValue, files = memoryFiles()): Promise<JsonValue> {
  const { value } = await runKind(parse, { source, format }, { parse: parser, files });
  const config = parse.config.parse({ source: '{{ input.text }}', format });
  expect(compileSchema(parse.outputSchema(config))(value)).toBeNull();
  return value;
}

const html = (selector: string, rest: object = {}) => ({ type: 'html', selector, ...rest });

describe('parse', () => {
  test('JSON, and where it ends to be JSON', async () => {
    expect(await read({ type: 'json' }, '\uFEFF{"a":[1,2]}')).toEqual({ a: [1, 2] });
    const error = await stepError(read({ type: 'json' }, '{\n  "a": 1,\n  b: 2\n}'));
    expect(error).toMatchObject({ code: 'PARSE_ERROR', details: { line: 3, column: 3 } });
    expect(error.message).toContain('line 3, column 3');
    const early = await stepError(read({ type: 'json' }, '{"a": [1'));
    expect(early.message).toContain('it ends too early');
  });

  test('CSV with names: delimiter found out, quotes, doubled and missing names, short rows', async () => {
    const text = 'name;price;name;\r\n"Bolt; ""M8""";1,50;x;y\r\n\r\nNut;2\r\n';
    expect(await read({ type: 'csv' }, text)).toEqual([
      { name: 'Bolt; "M8"', price: '1,50', name_2: 'x', column_4: 'y' },
      { name: 'Nut', price: '2', name_2: null, column_4: null },
    ]);
  });

  test('CSV without names, with a delimiter that was given', async () => {
    const format = { type: 'csv', header: false, delimiter: 'tab' };
    expect(await read(format, 'a,b\tc\n1\t2\n')).toEqual([
      ['a,b', 'c'],
      ['1', '2'],
    ]);
  });

  test('CSV says the line that is wrong', async () => {
    const wide = await stepError(read({ type: 'csv' }, 'a,b\n1,2\n1,2,3\n'));
    expect(wide).toMatchObject({ code: 'PARSE_ERROR', details: { line: 3 } });
    const open = await stepError(read({ type: 'csv' }, 'a,b\n1,"2\n'));
    expect(open.message).toContain('never closed');
  });

  test('XML: one child looks like several; CDATA and character references are text', async () => {
    const text =
      '<?xml version="1.0"?><shop id="7"><item price="1">A &amp; B</item><note><![CDATA[<b>]]></note></shop>';
    expect(await read({ type: 'xml' }, text)).toEqual({
      name: 'shop',
      attributes: { id: '7' },
      text: '',
      children: {
        item: [{ name: 'item', attributes: { price: '1' }, text: 'A & B', children: {} }],
        note: [{ name: 'note', attributes: {}, text: '<b>', children: {} }],
      },
    });
  });

  test('XML says where it is wrong', async () => {
    const error = await stepError(read({ type: 'xml' }, '<a>\n  <b></c>\n</a>'));
    expect(error).toMatchObject({ code: 'PARSE_ERROR', details: { line: 2 } });
  });

  test('HTML: texts, HTML inside, attributes; all or the first', async () => {
    const page = '<ul><li><a href="/1">One <b>1</b></a><script>x</script></li><li><a>Two\n  2</a></li></ul>';
    expect(await read(html('li'), page)).toEqual(['One 1', 'Two 2']);
    expect(await read(html('a', { take: 'attribute', attribute: 'href' }), page)).toEqual(['/1', null]);
    expect(await read(html('a', { take: 'html', which: 'first' }), page)).toBe('One <b>1</b>');
    expect(await read(html('p', { which: 'first' }), page)).toBeNull();
    expect(await read(html('p'), page)).toEqual([]);
    expect(await stepError(read(html('a['), page))).toMatchObject({ code: 'PARSE_ERROR' });
  });

  test('a file is read, in the character set it names', async () => {
    const files = memoryFiles();
    const put = (data: Uint8Array) => files.put({ name: 'a', mimeType: 'text/xml', data });
    const latin = await put(
      Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><a>caf\u00e9</a>', 'latin1'),
    );
    expect(await read({ type: 'xml' }, { ...latin }, files)).toMatchObject({ text: 'café' });
    const wide = await put(Buffer.from('\uFEFFa,b\n1,é', 'utf16le'));
    expect(await read({ type: 'csv' }, { ...wide }, files)).toEqual([{ a: '1', b: 'é' }]);
  });

  test('what is no text is refused, with what it is', async () => {
    const error = await stepError(read({ type: 'json' }, { a: 1 }));
    expect(error).toMatchObject({ code: 'NOT_A_TEXT', message: expect.stringContaining('an object') });
  });
});

/** Each element looks at all those before it: that takes hours. */
const ENDLESS = { source: '<b></b>'.repeat(500_000), format: html('i ~ b') };

describe('hostile texts', () => {
  test.each([
    [
      'an entity that grows',
      { type: 'xml' },
      '<!DOCTYPE a [<!ENTITY x "aaaa"><!ENTITY y "&x;&x;&x;">]><a>&y;</a>',
    ],
    [
      'an entity of a file',
      { type: 'xml' },
      '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    ],
    ['XML nested deep', { type: 'xml' }, '<a>'.repeat(10_000)],
    ['JSON nested deep', { type: 'json' }, `${'['.repeat(1000)}${']'.repeat(1000)}`],
    ['JSON with a prototype', { type: 'json' }, '{"__proto__":{"x":1}}'],
    ['CSV with a prototype', { type: 'csv' }, '__proto__,b\n1,2'],
    ['XML with a prototype', { type: 'xml' }, '<a><__proto__>1</__proto__></a>'],
    ['XML with a prototype as an attribute', { type: 'xml' }, '<a __proto__="1"/>'],
    ['CSV as wide as can be', { type: 'csv' }, `${','.repeat(5000)}\n1`],
    ['a page that is found again and again', html('div'), '<div>x'.repeat(20_000)],
  ])('%s', async (_, format, text) => {
    const error = await stepError(read(format, text));
    expect(['PARSE_ERROR', 'TOO_LARGE']).toContain(error.code);
    expect(error.message).not.toContain('root:');
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  test('names of every object are names like others', async () => {
    expect(await read({ type: 'xml' }, '<a><constructor>1</constructor></a>')).toMatchObject({
      children: { constructor: [{ text: '1' }] },
    });
    expect(await read({ type: 'csv' }, 'constructor,toString\n1,2')).toEqual([
      { constructor: '1', toString: '2' },
    ]);
  });

  test('a text of 5 MiB is read without holding the process', async () => {
    const rows = Array.from({ length: 50_000 }, (_, index) => `${index},${'x'.repeat(90)}`);
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 1);
    const value = (await read({ type: 'csv' }, `id,text\n${rows.join('\n')}`)) as JsonValue[];
    clearInterval(timer);
    expect(value).toHaveLength(50_000);
    expect(turns).toBeGreaterThan(10);
    const long = await stepError(read({ type: 'json' }, 'x'.repeat(5 * 1024 * 1024 + 1)));
    expect(long.code).toBe('TOO_LARGE');
  });

  test('a selector that never comes to an end is cut off, and the next text is read', async () => {
    const impatient = createParser({ timeoutMs: 1500, threads: 1 });
    const slow = runKind(parse, ENDLESS, { parse: impatient });
    const next = runKind(parse, { source: '<i>1</i>', format: html('i') }, { parse: impatient });
    expect(await stepError(slow)).toMatchObject({ code: 'TIMEOUT' });
    expect((await next).value).toEqual(['1']);
    await impatient.close();
  });

  test('a cancelled step ends its thread', async () => {
    const stop = new AbortController();
    const slow = runKind(parse, ENDLESS, { parse: parser, signal: stop.signal });
    stop.abort(new Error('cancelled'));
    await expect(slow).rejects.toThrow('cancelled');
  });
});
