import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '#lib/db/app-error.ts';
import { parseDocument } from '#lib/knowledge/parse.ts';
import { makeDocx, makeEpub, makeOdt, makePptx, makeXlsx, paragraph, shape } from './office.ts';
import { makePdf } from './pdf.ts';
import { makeZip } from './zip.ts';

// Valid files with bytes changed, taken out and put in: whatever a parser makes of them, the one who asked gets text or
// words, within the time of a test. Without the process around it, which would hide what a parser throws.

const bytes = (text: string) => new TextEncoder().encode(text);
const email =
  'From: a@x.test\r\nSubject: S\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<p>caf=C3=A9</p>\r\n--b\r\nContent-Disposition: attachment; filename=a.csv\r\nContent-Transfer-Encoding: base64\r\n\r\nYSxiCjEsMg==\r\n--b--\r\n';
const files: [name: string, data: Uint8Array][] = [
  ['a.docx', makeDocx(paragraph('One') + paragraph('Two'))],
  ['a.pptx', makePptx([{ shapes: shape('title', ['T']) + shape('body', ['a', 'b']), notes: 'n' }])],
  ['a.xlsx', makeXlsx({ S: '<row r="1"><c r="A1" t="str"><v>x</v></c><c r="B1"><v>2</v></c></row>' })],
  ['a.odt', makeOdt('<text:h>H</text:h><text:p>x</text:p>')],
  ['a.epub', makeEpub({ 'a.xhtml': '<h1>H</h1><p>x</p>' })],
  ['a.pdf', makePdf([['Hello', { x: 300, y: 500, text: 'there' }], ['Two']], { title: 'T' })],
  ['a.html', bytes('<!doctype html><title>T</title><h1>H</h1><table><tr><td>1<td>2</table><ul><li>x</ul>')],
  ['a.md', bytes('---\ntitle: x\n---\n# H\n\n```\ncode\n```\n\n| a | b |\n| - | - |\n| 1 | 2 |\n')],
  ['a.csv', bytes('a,b\n"1, 2",3\n4,"5"\n')],
  ['a.json', bytes('{"a":[1,{"b":"c"}],"d":{"e":null}}')],
  ['a.jsonl', bytes('{"a":1}\n{"b":[2]}\n')],
  ['a.eml', bytes(email)],
];

/** Where, how much goes, and what comes in its place. */
const change = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  gone: fc.nat({ max: 12 }),
  put: fc.oneof(
    fc.uint8Array({ maxLength: 8 }),
    fc
      .constantFrom('<', '</w:p>', '&x;', '"', '\0', '%', 'endobj', '999999999', '-1', ']]>', '<!--')
      .map(bytes),
  ),
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function changed(data: Uint8Array, changes: readonly Change[]): Buffer {
  let result = Buffer.from(data);
  for (const { at, gone, put } of changes) {
    const place = Math.floor(at * result.length);
    result = Buffer.concat([result.subarray(0, place), put, result.subarray(place + gone)]);
  }
  return result;
}

/** Text, or words for a person: anything else fails the test. */
async function settles(name: string, data: Uint8Array): Promise<void> {
  try {
    const { sections } = await parseDocument({ name, mimeType: '', data });
    for (const { text } of sections) expect(text.isWellFormed()).toBe(true);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    expect(error.message).toMatch(/"a\.\w+"|The page/);
  }
}

describe('files with changes', () => {
  it.each(files)('%s', async (name, data) => {
    await settles(name, data);
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) =>
        settles(name, changed(data, changes)),
      ),
      { numRuns: 60, seed: 2026 },
    );
  });

  it('parts of Office files and books, whose archives are whole', async () => {
    const part = `<w:document><w:body>${paragraph('One')}<w:tbl><w:tr><w:tc>${paragraph('c')}</w:tc></w:tr></w:tbl></w:body></w:document>`;
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        const data = makeZip([
          {
            name: '[Content_Types].xml',
            data: '<Types><Override PartName="/d.xml" ContentType="wordprocessingml"/></Types>',
          },
          {
            name: '_rels/.rels',
            data: '<Relationships><Relationship Id="r" Type="x/officeDocument" Target="d.xml"/></Relationships>',
          },
          { name: 'd.xml', data: changed(bytes(part), changes) },
        ]);
        await settles('a.docx', data);
      }),
      { numRuns: 100, seed: 2026 },
    );
  });
});
