import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { deflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDocument } from '#lib/knowledge/parse.ts';
import { openReader, type Reader } from '#lib/knowledge/read-document.ts';
import { makeDocx, makeEpub, makeOdt, makeOffice, makePptx, makeXlsx, paragraph, shape } from './office.ts';
import { makePdf, pdfOf } from './pdf.ts';
import { makeZip } from './zip.ts';

// What somebody may upload to hurt whoever reads it. Each file comes to words for a person, or to its text without what
// was hostile in it, and nothing else notices.

const bytes = (content: string) => new TextEncoder().encode(content);
const MB = 1024 * 1024;

/** As the server has it. */
const reader = openReader();
/** For files that only the limits of the process end. */
const tight = openReader({ limits: { timeoutMs: 4000, memoryMb: 280 } });

const asked: string[] = [];
let canary: Server;
let address: string;
beforeAll(async () => {
  canary = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end('caught');
  });
  await new Promise<void>((resolve) => canary.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(canary.address() as AddressInfo).port}`;
});
afterAll(async () => {
  canary.close();
  await Promise.all([reader.close(), tight.close()]);
});

interface Outcome {
  text?: string;
  notes?: string[];
  kind?: string;
  code?: string;
  message?: string;
}

/**
 * What a file comes to: all of its text, or the refusal. Without a reader it is parsed here: what is refused before
 * it has cost anything needs no walls, and a process for each would make the suite slow.
 */
async function outcome(name: string, data: Uint8Array, by?: Reader): Promise<Outcome> {
  const file = { name, mimeType: '', data };
  try {
    const { notes = [], ...read } = by
      ? await by.read(file, { projectId: 'hostile' })
      : await parseDocument(file);
    const parts = 'chunks' in read ? read.chunks : read.sections;
    return { text: parts.map(({ text }) => text).join('\n'), notes };
  } catch (error) {
    const { name: kind, code, message } = error as { name: string; code: string; message: string };
    return { kind, code, message };
  }
}

const refused = (code: string, says: string | RegExp) => ({
  kind: 'AppError',
  code,
  message: expect.stringMatching(says),
});

/** A Word document whose main part is this text. */
const docxOf = (xml: string | Uint8Array, extra: Parameters<typeof makeZip>[0] = []) => {
  const parts = makeOffice({
    main: 'word/document.xml',
    type: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml',
    parts: {},
    extra: [{ name: 'word/document.xml', data: xml }, ...extra],
  });
  return parts;
};
const fine = `<w:document><w:body>${paragraph('Fine.')}</w:body></w:document>`;

describe('archives', () => {
  const zeros = Buffer.alloc(20 * MB);

  it('are read when they are as they should be (positive control)', async () => {
    expect(await outcome('a.docx', docxOf(fine), reader)).toEqual({ text: 'Fine.', notes: [] });
  });

  it('that unpack to far more than they are', async () => {
    expect(await outcome('a.docx', docxOf(zeros), reader)).toEqual(refused('too_large', 'unpacks to more'));
    const many = Array.from({ length: 6 }, (_, index) => ({
      name: `p${index}`,
      data: 'x',
      claimedSize: 20 * MB,
    }));
    expect(await outcome('a.docx', docxOf(fine, many))).toEqual(refused('too_large', 'unpacks to more'));
  });

  it('that lie about how much is in them', async () => {
    const lying = [{ name: 'word/document.xml', data: zeros, claimedSize: 5000 }];
    const data = makeOffice({
      main: 'word/document.xml',
      type: 'x.wordprocessingml.x',
      parts: {},
      extra: lying,
    });

    expect(await outcome('a.docx', data)).toEqual(refused('invalid', 'word/document.xml" in it is damaged'));
  });

  it('in archives are never opened', async () => {
    const inner = makeZip([{ name: 'word/document.xml', data: zeros }]);
    const data = docxOf(fine, [{ name: 'word/embeddings/inner.zip', data: inner, stored: true }]);

    expect(await outcome('a.docx', data)).toMatchObject({ text: 'Fine.' });
  });

  it('whose entries share their data, or contain themselves', async () => {
    const copies = Array.from({ length: 50 }, (_, index) => ({ name: `p${index}`, data: '', sameAs: 0 }));
    expect(await outcome('a.epub', makeZip([{ name: 'mimetype', data: 'x' }, ...copies]))).toEqual(
      refused('invalid', 'parts overlap'),
    );
    const twice = [
      { name: 'a', data: '1' },
      { name: 'a', data: '2' },
    ];
    expect(await outcome('a.epub', makeZip(twice))).toEqual(refused('invalid', 'same name'));
  });

  it('of very many entries', async () => {
    const entries = Array.from({ length: 20_000 }, (_, index) => ({
      name: `${index}`,
      data: '',
      stored: true,
    }));

    expect(await outcome('a.xlsx', makeZip(entries))).toEqual(refused('too_large', 'more than 2000 files'));
    // And more than there really are.
    expect(await outcome('a.xlsx', makeZip([{ name: 'a', data: '' }], { claimedCount: 1500 }))).toEqual(
      refused('invalid', 'damaged'),
    );
  });

  it.each(['../../etc/passwd', '/etc/passwd', 'C:/x', 'a/../../b'])('with the name %s', async (name) => {
    expect(await outcome('a.docx', docxOf(fine, [{ name, data: 'x' }]))).toEqual(
      refused('invalid', 'broken'),
    );
  });

  it('with a symbolic link', async () => {
    const link = { name: 'word/media/x', data: '/etc/passwd', mode: 0o120777 };

    expect(await outcome('a.docx', docxOf(fine, [link]))).toEqual(refused('invalid', 'symbolic link'));
  });
});

describe('XML', () => {
  const declared = (entities: string, use: string) =>
    `<?xml version="1.0"?><!DOCTYPE x [${entities}]><w:document><w:body><w:p><w:r><w:t>${use}</w:t></w:r></w:p></w:body></w:document>`;

  it('with entities that grow', async () => {
    const laughs = Array.from(
      { length: 12 },
      (_, index) => `<!ENTITY l${index + 1} "${`&l${index};`.repeat(10)}">`,
    );
    const xml = declared(`<!ENTITY l0 "ha">${laughs.join('')}`, '&l12;');

    expect(await outcome('a.docx', docxOf(xml))).toEqual(refused('invalid', 'declares entities'));
    // Without a declaration there is no such entity either.
    expect(await outcome('a.docx', docxOf(fine.replace('Fine', '&l12;')))).toEqual(
      refused('invalid', 'well-formed'),
    );
  });

  it('with entities from elsewhere', async () => {
    for (const place of [`${address}/entity`, 'file:///etc/passwd']) {
      const xml = declared(`<!ENTITY x SYSTEM "${place}">`, '&x;');
      expect(await outcome('a.docx', docxOf(xml))).toEqual(refused('invalid', 'declares entities'));
    }
  });

  it('nested very deeply', async () => {
    const deep = `<w:document><w:body>${'<w:p>'.repeat(100_000)}`;

    expect(await outcome('a.docx', docxOf(deep))).toEqual(refused('invalid', 'nested deeper than 200'));
    expect(await outcome('a.odt', makeOdt('<text:section>'.repeat(50_000)))).toEqual(
      refused('invalid', 'nested'),
    );
  });

  it('with styles that are based on each other', async () => {
    const style = (id: string, base: string) =>
      `<w:style w:styleId="${id}"><w:name w:val="${id}"/><w:basedOn w:val="${base}"/></w:style>`;
    const data = makeDocx(paragraph('Fine.', 'A'), {
      parts: { 'word/styles.xml': `<w:styles>${style('A', 'B')}${style('B', 'A')}</w:styles>` },
      relations: [['styles', 'styles.xml']],
    });

    expect(await outcome('a.docx', data)).toMatchObject({ text: 'Fine.' });
  });
});

describe('what would run', () => {
  it('formulas are text, or the value they had', async () => {
    const csv = await outcome(
      'a.csv',
      bytes(`name,note\nTea,=cmd|'/c calc'!A0\nMilk,=WEBSERVICE("${address}/csv")`),
    );
    expect(csv).toMatchObject({ text: expect.stringContaining(`| Tea | =cmd\\|'/c calc'!A0 |`) });
    const sheet = `<row><c t="str"><v>a</v></c><c><f>WEBSERVICE("${address}/xlsx")</f><v>7</v></c></row>`;
    expect(await outcome('a.xlsx', makeXlsx({ S: sheet }))).toMatchObject({
      text: '| a | 7 |\n| --- | --- |',
    });
  });

  it('macros are left out, with a note', async () => {
    const data = makeOffice({
      main: 'word/document.xml',
      type: 'application/vnd.ms-word.document.macroEnabled.main+xml;wordprocessingml',
      parts: { 'word/document.xml': fine },
      extra: [{ name: 'word/vbaProject.bin', data: 'Sub AutoOpen()' }],
    });

    expect(await outcome('a.docm', data)).toEqual({
      text: 'Fine.',
      notes: [expect.stringContaining('Macros were left out')],
    });
  });

  it('scripts of a page, a picture, a book or a PDF are not, and nothing is fetched', async () => {
    const page = (from: string) =>
      `<html><head><link rel="stylesheet" href="${address}/${from}.css"><script src="${address}/${from}.js"></script></head>` +
      `<body onload="fetch('${address}/${from}')"><p>Fine.</p><img src="${address}/${from}.png"><iframe src="${address}/${from}"></iframe>` +
      `<svg><script>fetch('${address}/svg')</script><image href="${address}/svg.png"/></svg><script>document.body.innerHTML='Bad'</script></body></html>`;
    const email = (from: string) =>
      `From: a@x.test\r\nSubject: S\r\nContent-Type: text/html\r\n\r\n${page(from)}`;
    const pdf = pdfOf([
      `<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (app.launchURL\\("${address}/js"\\)) >> /AA << /WC << /S /URI /URI (${address}/aa) >> >> >>`,
      '<< /Type /Pages /Count 1 /Kids [3 0 R] >>',
      '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>',
      '<< /Length 41 >>\nstream\nBT /F1 12 Tf 72 720 Td (Fine.) Tj ET      \nendstream',
    ]);
    const far = makeDocx(paragraph('Fine.'), {
      extra: [
        {
          name: 'word/_rels/settings.xml.rels',
          data: `<Relationships><Relationship Id="r1" Type="x/attachedTemplate" Target="${address}/template.dotm" TargetMode="External"/></Relationships>`,
        },
      ],
    });
    const files: [string, Uint8Array][] = [
      ['a.html', bytes(page('html'))],
      ['a.epub', makeEpub({ 'a.xhtml': page('epub') })],
      ['a.eml', bytes(email('eml'))],
      ['a.md', bytes(`Fine.\n\n![x](${address}/md)`)],
      ['a.pdf', pdf],
      ['a.docx', far],
    ];

    for (const [name, data] of files) {
      const read = await outcome(name, data);
      expect([name, read]).toEqual([
        name,
        expect.objectContaining({ text: expect.stringContaining('Fine.') }),
      ]);
      expect(read.text).not.toContain('Bad');
      expect(read.text).not.toContain('fetch(');
    }
    expect(asked).toEqual([]);
    // The trap works.
    await fetch(`${address}/control`);
    expect(asked).toEqual(['/control']);
  });
});

describe('PDF', () => {
  const page = (number: number, parent: number) =>
    `<< /Type /Page /Parent ${parent} 0 R /MediaBox [0 0 612 792] /Contents ${number} 0 R /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>`;

  it('whose tree of pages leads back to itself', async () => {
    const circle = pdfOf([
      '<< /Type /Catalog /Pages 2 0 R >>',
      '<< /Type /Pages /Count 3 /Kids [3 0 R] >>',
      '<< /Type /Pages /Parent 2 0 R /Count 3 /Kids [2 0 R 3 0 R] >>',
    ]);

    expect(await outcome('a.pdf', circle)).toEqual(refused('invalid', 'broken|no text|pictures'));
  });

  it('whose content refers to itself', async () => {
    const form =
      '<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 5 0 R >> >> /Length 5 >>\nstream\n/X Do\nendstream';
    const data = pdfOf([
      '<< /Type /Catalog /Pages 2 0 R >>',
      '<< /Type /Pages /Count 1 /Kids [3 0 R] >>',
      page(4, 2).replace('/Font', '/XObject << /X 5 0 R >> /Font'),
      '<< /Length 41 >>\nstream\n/X Do BT /F1 12 Tf 72 720 Td (Fine.) Tj ET\nendstream',
      form,
    ]);

    const read = await outcome('a.pdf', data);
    expect(read.text ?? read.message).toMatch(/Fine\.|broken|too much time/);
  });

  it('whose streams unpack without end', async () => {
    const bomb = deflateSync(Buffer.alloc(120 * MB, ' '), { level: 1 });
    const data = pdfOf([
      '<< /Type /Catalog /Pages 2 0 R >>',
      '<< /Type /Pages /Count 1 /Kids [3 0 R] >>',
      page(4, 2),
      Buffer.concat([
        Buffer.from(`<< /Length ${bomb.length} /Filter /FlateDecode >>\nstream\n`),
        bomb,
        Buffer.from('\nendstream'),
      ]),
    ]);

    expect(await outcome('a.pdf', data, tight)).toEqual(refused('invalid', 'too much time or memory'));
  });
});

describe('protected files say so', () => {
  const password = refused('unsupported_media', 'protected by a password');

  it('PDF', async () => {
    const data = makePdf([['secret']], { encrypted: true });

    expect(await outcome('a.pdf', data)).toEqual(refused('invalid', 'protected by a password'));
  });

  it.each(['a.docx', 'a.xlsx', 'a.pptx'])('Office: %s', async (name) => {
    const container = Buffer.concat([
      Buffer.from('d0cf11e0a1b11ae1', 'hex'),
      Buffer.alloc(512),
      Buffer.from('EncryptedPackage', 'utf16le'),
      Buffer.alloc(512),
    ]);

    expect(await outcome(name, container)).toEqual(password);
  });

  it('an archive', async () => {
    const data = makeZip([{ name: 'mimetype', data: 'application/epub+zip', encrypted: true }]);

    expect(await outcome('a.epub', data)).toEqual(refused('invalid', 'protected by a password'));
  });

  it('a book with copy protection', async () => {
    const lock =
      '<encryption><EncryptedData><CipherData><CipherReference URI="OPS/a.xhtml"/></CipherData></EncryptedData></encryption>';
    const data = makeEpub({ 'a.xhtml': '<p>x</p>' }, [{ name: 'META-INF/encryption.xml', data: lock }]);

    expect(await outcome('a.epub', data)).toEqual(refused('invalid', 'protected against copying'));
  });
});

describe('too much', () => {
  it('rows of CSV: the first ones are read, and a note says so', async () => {
    const rows = [
      'id,name',
      ...Array.from({ length: 1_000_000 }, (_, index) => `${index},customer ${index}`),
    ];

    const read = await outcome('a.csv', bytes(rows.join('\n')));

    expect(read.text?.startsWith('| id | name |\n')).toBe(true);
    expect(read.notes?.[0]).toMatch(/^Only the first [\d,]+ rows were read\.$/);
  });

  it('rows of a sheet', async () => {
    const row = (index: number) => `<row><c><v>${index}</v></c><c t="s"><v>0</v></c></row>`;
    const rows = Array.from({ length: 30_000 }, (_, index) => row(index));
    const strings = `<sst><si><t>${'long '.repeat(100)}</t></si></sst>`;
    const data = makeXlsx(
      { All: rows.join('') },
      { parts: { 'xl/strings.xml': strings }, kinds: [['sharedStrings', 'strings.xml']] },
    );

    const read = await outcome('a.xlsx', data);

    expect(read.notes?.[0]).toMatch(/^Only the first \d+ rows of the sheet "All" were read\.$/);
  });

  it('levels of JSON and HTML', async () => {
    expect(await outcome('a.json', bytes('['.repeat(2_000_000)))).toMatchObject({
      notes: [expect.stringContaining('nested too deeply')],
    });
    expect(await outcome('a.jsonl', bytes(`${'{"a":'.repeat(100_000)}\n{"b":1}`))).toMatchObject({
      text: expect.stringContaining('b: 1'),
    });
    expect(await outcome('a.html', bytes('<div>'.repeat(200_000)))).toEqual(
      refused('invalid', 'nested too deeply'),
    );
    const inTable = '<table><tr><td>'.repeat(2000);
    expect(await outcome('b.html', bytes(`<p>x${inTable}`))).toEqual(refused('invalid', 'nested too deeply'));
  });

  it('columns, quotes, and white space that cost more than they look', async () => {
    const wide = await outcome('a.csv', bytes(`${'a,'.repeat(200_000)}\n${'1,'.repeat(200_000)}`));
    expect(wide.text).toContain('a: 1\na: 1');
    expect(await outcome('a.json', bytes(`{"a":"${'\\"'.repeat(300_000)}`))).toHaveProperty('text');
    expect(await outcome('a.md', bytes(`# ${' \t'.repeat(50_000)}x`))).toHaveProperty('text');
  });
});

describe('broken files', () => {
  const whole: [string, Uint8Array][] = [
    ['a.docx', makeDocx(paragraph('Fine.'))],
    ['a.pptx', makePptx([{ shapes: shape('title', ['Fine.']) }])],
    ['a.xlsx', makeXlsx({ S: '<row><c t="str"><v>Fine.</v></c></row>' })],
    ['a.odt', makeOdt('<text:p>Fine.</text:p>')],
    ['a.epub', makeEpub({ 'a.xhtml': '<p>Fine.</p>' })],
    ['a.pdf', makePdf([['Fine.']])],
  ];

  it.each(whole)('%s: whole it is read, cut off it is refused, empty it is empty', async (name, data) => {
    expect(await outcome(name, data)).toMatchObject({ text: expect.stringContaining('Fine.') });
    const half = await outcome(name, data.subarray(0, Math.floor(data.length / 2)));
    // Of a PDF a reader saves what it can.
    if (name === 'a.pdf' && half.text === undefined) expect(half).toEqual(refused('invalid', '"a.pdf"'));
    if (name !== 'a.pdf')
      expect(half).toEqual(refused('invalid', '"a\\.\\w+" is broken: it is cut off or damaged'));
    expect(await outcome(name, new Uint8Array())).toEqual(refused('invalid', 'is empty'));
    expect(await outcome(name, Buffer.from('MZ\0\0\0\0\0', 'latin1'))).toEqual(
      refused('unsupported_media', 'is not one'),
    );
  });

  it.each(['a.txt', 'a.md', 'a.csv', 'a.json', 'a.html', 'a.eml'])(
    '%s: bytes that are no UTF-8 are read, noise is refused',
    async (name) => {
      const odd = Buffer.from('From: a@x.test\nSubject: caf\xe9 \xff\xfe\n\nword', 'latin1');
      const read = await outcome(name, odd);
      expect(read.text?.isWellFormed()).toBe(true);
      const noise = Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 89) % 256));
      expect(await outcome(name, noise)).toEqual(refused('unsupported_media', 'binary data'));
    },
  );
});

describe('nothing else notices', () => {
  it('a neighbour is read meanwhile, the server stays calm, the process is replaced', async () => {
    const own = openReader({
      limits: { timeoutMs: 5000, memoryMb: 300, processes: 2, filesPerProcess: 1e6 },
    });
    const good = { name: 'good.md', mimeType: '', data: bytes('# Good\n\nFine.') };
    await own.read(good, { projectId: 'neighbour' });
    const [neighbour] = own.pids();
    await own.read(good, { projectId: 'hostile' });
    const [hostile] = own.pids().filter((pid) => pid !== neighbour);
    const heap = process.memoryUsage().heapUsed;
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 5);

    const bad = own.read(
      { name: 'wide.html', mimeType: '', data: bytes('<p>x</p>'.repeat(1_000_000)) },
      { projectId: 'hostile' },
    );
    const settled = bad.then(
      () => 'read',
      (error: Error) => error.message,
    );
    let meanwhile = 0;
    let over = false;
    void settled.then(() => {
      over = true;
    });
    while (!over) {
      const { chunks } = await own.read(good, { projectId: 'neighbour' });
      expect(chunks[0]!.text).toBe('Fine.');
      meanwhile += 1;
    }

    expect(await settled).toContain('too much time or memory');
    clearInterval(timer);
    expect(meanwhile).toBeGreaterThan(0);
    expect(turns).toBeGreaterThan(5);
    expect(process.memoryUsage().heapUsed - heap).toBeLessThan(100 * MB);
    expect(own.pids()).toContain(neighbour);
    expect((await own.read(good, { projectId: 'hostile' })).chunks).toHaveLength(1);
    expect(own.pids()).not.toContain(hostile);
    await own.close();
  });
});
