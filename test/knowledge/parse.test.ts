import { describe, expect, it } from 'vitest';
import { parseDocument } from '#lib/knowledge/parse.ts';
import { makePdf } from './pdf.ts';

const file = (name: string, content: string | Uint8Array, mimeType = '') => ({
  name,
  mimeType,
  data: typeof content === 'string' ? new TextEncoder().encode(content) : content,
});

describe('Markdown', () => {
  it('is cut at its headings, each with the path to it', async () => {
    const document = await parseDocument(
      file(
        'guide.md',
        [
          '# Guide',
          'Before.',
          '## Install ##',
          'Run it.',
          '```sh',
          '# not a heading',
          '```',
          '### Linux',
          'apt',
          'Usage',
          '-----',
          'Later.',
          '',
          'Other',
          '=====',
          'End.',
        ]
          .join('\n\n')
          .replace('Usage\n\n-----', 'Usage\n-----')
          .replace('Other\n\n=====', 'Other\n====='),
      ),
    );

    expect(document.title).toBe('Guide');
    expect(document.sections.map((section) => section.headings)).toEqual([
      ['Guide'],
      ['Guide', 'Install'],
      ['Guide', 'Install', 'Linux'],
      ['Guide', 'Usage'],
      ['Guide', 'Other'],
    ]);
    expect(document.sections[1]!.text).toContain('# not a heading');
    expect(document.sections[4]!.text).toBe('End.');
  });

  it('takes its title from the front matter, which is not text', async () => {
    const document = await parseDocument(
      file('a.md', '---\ntitle: "Terms: 2026"\nsecret: x\n---\nHello.\n\n## One\nTwo.'),
    );

    expect(document).toMatchObject({
      title: 'Terms: 2026',
      sections: [
        { headings: ['Terms: 2026'], text: 'Hello.' },
        { headings: ['Terms: 2026', 'One'], text: 'Two.' },
      ],
    });
  });

  it('without headings is one section under the name of the file', async () => {
    expect(await parseDocument(file('notes.of.june.md', 'a\r\nb'))).toMatchObject({
      title: 'notes.of.june',
      sections: [{ headings: ['notes.of.june'], text: 'a\nb' }],
    });
  });

  it('does not take a rule, a list or a table for a heading', async () => {
    const text = '- item\n---\n\n| a | b |\n---\n\n* * *\n\n#hashtag';

    expect((await parseDocument(file('a.md', text))).sections).toEqual([{ headings: ['a'], text }]);
  });
});

describe('plain text', () => {
  it.each([
    ['UTF-8', new TextEncoder().encode('Größe: 5 €')],
    ['UTF-8 with a mark', Buffer.from('\ufeffGröße: 5 €')],
    ['UTF-16', Buffer.from('\ufeffGröße: 5 €', 'utf16le')],
    ['UTF-16 the other way round', Buffer.from('\ufeffGröße: 5 €', 'utf16le').swap16()],
    ['Windows-1252', Buffer.from([...Buffer.from('Größe: 5 ', 'latin1'), 0x80])],
  ])('in %s is read', async (_, data) => {
    expect((await parseDocument(file('a.txt', data))).sections[0]!.text).toBe('Größe: 5 €');
  });

  it('may have a name without a known ending, when its type says what it is', async () => {
    expect((await parseDocument(file('README', 'hi', 'text/plain; charset=utf-8'))).title).toBe('README');
  });
});

describe('HTML', () => {
  it('becomes its content by headings, without what is not for reading', async () => {
    const paragraph = 'A sentence that is long enough to be taken for the content of a page. '.repeat(8);
    const document = await parseDocument(
      file(
        'page.html',
        `<!doctype html><html><head><title>Refunds</title><style>p{}</style></head><body>
         <nav><a href="/">Home</a><a href="/x">Contact</a></nav>
         <article><h1>Refunds</h1><p>${paragraph}</p>
         <h2>How long</h2><p>${paragraph} See the <a href="javascript:alert(1)">list</a>.</p>
         <table><tr><th>Country</th><th>Days</th></tr><tr><td>France</td><td>5</td></tr></table></article>
         <script>alert('no')</script><iframe src="https://example.test"></iframe><footer>© us</footer></body></html>`,
      ),
    );
    const text = JSON.stringify(document);

    expect(document.title).toBe('Refunds');
    expect(document.sections.map((section) => section.headings)).toContainEqual(['Refunds', 'How long']);
    expect(text).toContain('| Country | Days |\\n| --- | --- |\\n| France | 5 |');
    expect(text).toContain('See the list.');
    for (const word of ['alert', 'javascript', 'iframe', 'Contact', 'p{}']) expect(text).not.toContain(word);
  });

  it('is read when it is short, or a piece only', async () => {
    expect((await parseDocument(file('a.html', '<p>Just <b>this</b>.</p>'))).sections).toEqual([
      { headings: ['a'], text: 'Just **this**.' },
    ]);
  });
});

describe('PDF', () => {
  it('is read page by page, with its title', async () => {
    const document = await parseDocument(
      file(
        'terms.pdf',
        makePdf([['Returns are', 'possible for thirty days.'], ['Refunds take five days.']], {
          title: 'Terms',
        }),
      ),
    );

    expect(document).toMatchObject({
      title: 'Terms',
      sections: [
        {
          headings: ['Terms', 'Page 1'],
          text: expect.stringMatching(/^Returns are\s+possible for thirty days\.$/),
          page: 1,
        },
        { headings: ['Terms', 'Page 2'], text: 'Refunds take five days.', page: 2 },
      ],
    });
  });

  const textOf = async (pages: Parameters<typeof makePdf>[0]) =>
    (await parseDocument(file('a.pdf', makePdf(pages)))).sections.map(({ text }) => text);

  it('is read column by column, whatever order its pieces have', async () => {
    const words = (column: string, index: number) => `This is line ${index} of the ${column} column`;
    const rows = Array.from({ length: 8 }, (_, index) => [
      { x: 320, y: 640 - index * 14, text: words('right', index) },
      { x: 72, y: 640 - index * 14, text: words('left', index) },
    ]);
    const title = {
      x: 72,
      y: 700,
      text: 'A title that goes over the whole width of the page, from left to right',
      size: 14,
    };

    const [text] = await textOf([[...rows.flat().reverse(), title]]);

    const lines = Array.from({ length: 8 }, (_, index) => index);
    expect(text).toBe(
      [
        title.text,
        lines.map((index) => words('left', index)).join('\n'),
        lines.map((index) => words('right', index)).join('\n'),
      ].join('\n\n'),
    );
  });

  it('takes a table below columns for no part of them', async () => {
    const rows = Array.from({ length: 8 }, (_, index) => [
      { x: 72, y: 640 - index * 14, text: `This is line ${index} of the left column` },
      { x: 320, y: 640 - index * 14, text: `This is line ${index} of the right column` },
    ]);
    const cells = (y: number, ...texts: string[]) =>
      texts.map((text, index) => ({ x: 72 + index * 130, y, text }));

    const [text] = await textOf([
      [...rows.flat(), ...cells(500, 'Item', 'Here', 'There'), ...cells(486, 'Tea', '1', '2')],
    ]);

    expect(text!.endsWith('| Item | Here | There |\n| --- | --- | --- |\n| Tea | 1 | 2 |')).toBe(true);
  });

  it('keeps the cells of a table apart', async () => {
    const row = (y: number, ...cells: string[]) =>
      cells.map((text, index) => ({
        x: 72 + index * 120 + (index === 2 ? 30 - text.length * 5 : 0),
        y,
        text,
      }));

    const [text] = await textOf([
      [
        { x: 72, y: 700, text: 'Prices of this year:' },
        ...row(670, 'Item', 'Country', 'Price'),
        ...row(655, 'Green tea', 'Japan', '4.50'),
        ...row(640, 'Coffee', 'Brazil', '12.00'),
        { x: 72, y: 610, text: 'All in euros.' },
      ],
    ]);

    expect(text).toBe(
      'Prices of this year:\n\n| Item | Country | Price |\n| --- | --- | --- |\n| Green tea | Japan | 4.50 |\n| Coffee | Brazil | 12.00 |\n\nAll in euros.',
    );
  });

  it('loses titles and numbers that run through its pages, and nothing else', async () => {
    const pages = Array.from({ length: 5 }, (_, index) => [
      { x: 72, y: 770, text: 'Handbook of gardens' },
      { x: 72, y: 700, text: `Text number ${index} about trees.` },
      { x: 300, y: 30, text: `${index + 1} / 5` },
    ]);

    expect(await textOf(pages)).toEqual(pages.map((_, index) => `Text number ${index} about trees.`));
    // Of two pages nobody can tell.
    expect((await textOf(pages.slice(0, 2)))[0]).toContain('Handbook of gardens');
  });

  it('puts words together that were divided, and paragraphs apart', async () => {
    const [text] = await textOf([
      [
        { x: 72, y: 700, text: 'We plant a gar-' },
        { x: 72, y: 686, text: 'den with you.' },
        { x: 72, y: 650, text: '1.' },
        { x: 100, y: 650, text: 'Dig a hole.' },
        { x: 72, y: 636, text: '2.' },
        { x: 100, y: 636, text: 'Wait.' },
      ],
    ]);

    expect(text).toBe('We plant a garden with you.\n\n1. Dig a hole.\n2. Wait.');
  });

  it('says who wrote it and when', async () => {
    const { metadata } = await parseDocument(file('a.pdf', makePdf([['x']], { author: 'A. Writer' })));

    expect(metadata).toEqual({ author: 'A. Writer', created: '2026-11-03' });
  });

  it('is called by its file where it has no title', async () => {
    expect((await parseDocument(file('terms.pdf', makePdf([['hello']])))).title).toBe('terms');
  });
});

describe('what cannot be read', () => {
  it.each<[what: string, code: string, says: string, ReturnType<typeof file>]>([
    ['an empty file', 'invalid', 'is empty', file('a.txt', '')],
    ['blanks only', 'invalid', 'no text', file('a.md', ' \n\n ')],
    ['a page without text', 'invalid', 'no text', file('a.html', '<p><img src=x></p>')],
    ['text called PDF', 'unsupported_media', 'not one', file('a.pdf', 'hello')],
    ['a PDF called text', 'unsupported_media', 'under another name', file('a.txt', makePdf([['x']]))],
    [
      'a PDF called HTML by its type',
      'unsupported_media',
      'under another name',
      file('a', makePdf([['x']]), 'text/html'),
    ],
    ['a program', 'unsupported_media', 'of a kind', file('a.exe', 'MZ')],
    [
      'a picture called text',
      'unsupported_media',
      'binary',
      file('a.txt', Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1')),
    ],
    [
      'an archive called Markdown',
      'unsupported_media',
      'under another name',
      file('a.md', Buffer.from('PK\x03\x04\x14\0', 'latin1')),
    ],
    ['a name that is a property of objects', 'unsupported_media', 'of a kind', file('a.constructor', 'x')],
    ['a broken PDF', 'invalid', 'broken', file('a.pdf', '%PDF-1.7 and then nothing')],
    ['half a PDF', 'invalid', '"a.pdf"', file('a.pdf', makePdf([['x']]).subarray(0, 120))],
    ['a protected PDF', 'invalid', 'password', file('a.pdf', makePdf([['x']], { encrypted: true }))],
    ['a scanned PDF', 'invalid', 'OCR', file('a.pdf', makePdf([[]]))],
    ['a PDF of 2,001 pages', 'too_large', '2000 pages', file('a.pdf', makePdf([['x']], { pageCount: 2001 }))],
    ['a file over 25 MB', 'too_large', '25 MB', file('a.txt', new Uint8Array(25 * 1024 * 1024 + 1).fill(97))],
  ])('%s is %s', async (_, code, says, upload) => {
    await expect(parseDocument(upload)).rejects.toMatchObject({
      name: 'AppError',
      code,
      message: expect.stringContaining(says),
    });
  });

  it('is not what stands just inside the limits (positive control)', async () => {
    const text = new Uint8Array(10 * 1024 * 1024).fill(97);

    const { sections, notes } = await parseDocument(file('a.txt', text));

    expect(sections[0]!.text).toHaveLength(text.length);
    expect(notes).toEqual([]);
  });

  it('is not text over 10 MB: its beginning is read, and a note says so', async () => {
    const text = new Uint8Array(10 * 1024 * 1024 + 1).fill(97);

    const { sections, notes } = await parseDocument(file('a.txt', text));

    expect(sections[0]!.text).toHaveLength(text.length - 1);
    expect(notes).toEqual(['Only the first 10 MB of its text were read.']);
  });
});

describe('CSV', () => {
  it.each([
    ['a.csv', 'name;price\nTea;"4,50"\n'],
    ['a.csv', '\ufeffname,price\nTea,"4,50"'],
    ['a.tsv', 'name\tprice\nTea\t4,50'],
  ])('in %s is a table, whatever stands between the values', async (name, text) => {
    expect((await parseDocument(file(name, text))).sections).toEqual([
      { headings: ['a'], text: '| name | price |\n| --- | --- |\n| Tea | 4,50 |' },
    ]);
  });

  it('in UTF-16, as Excel writes it, is read', async () => {
    const data = Buffer.from('\ufeffname\tprice\r\nTée\t4', 'utf16le');

    expect((await parseDocument(file('a.csv', data))).sections[0]!.text).toContain('| Tée | 4 |');
  });

  it('with long rows is a block for each', async () => {
    const long = 'word '.repeat(80).trim();

    expect((await parseDocument(file('a.csv', `id,story\n1,${long}\n2,${long}`))).sections[0]!.text).toBe(
      `id: 1\nstory: ${long}\n\nid: 2\nstory: ${long}`,
    );
  });

  it('with a quote that never ends is text, and a note says so', async () => {
    const { sections, notes } = await parseDocument(file('a.csv', 'a,b\n"1,2\n3,4'));

    expect(sections[0]!.text).toBe('a,b\n"1,2\n3,4');
    expect(notes).toEqual([expect.stringContaining('plain text')]);
  });
});

describe('JSON', () => {
  it('is a line for each value, and a section for each large member', async () => {
    const long = 'x'.repeat(200);
    const value = {
      name: 'Shop',
      tags: ['a', 'b'],
      owner: { name: 'Ann', born: null },
      items: [
        { id: 1, note: long, size: { w: 2 } },
        { id: 2, parts: [{ id: 'p' }] },
      ],
    };

    expect((await parseDocument(file('a.json', JSON.stringify(value)))).sections).toEqual([
      { headings: ['a'], text: 'name: Shop\ntags: a, b\nowner.name: Ann' },
      { headings: ['a', 'items'], text: `id: 1\nnote: ${long}\nsize.w: 2\n\nid: 2\nparts[0].id: p` },
    ]);
  });

  it('that is none is text, and a note says so', async () => {
    const { sections, notes } = await parseDocument(file('a.json', '{"a": 1,}'));

    expect(sections[0]!.text).toBe('{"a": 1,}');
    expect(notes).toEqual([expect.stringContaining('plain text')]);
  });

  it('of lines is a block for each', async () => {
    const { sections, notes } = await parseDocument(file('a.jsonl', '{"a":1,"b":"x"}\n\noops\n{"a":2}\n'));

    expect(sections[0]!.text).toBe('a: 1\nb: x\n\noops\n\na: 2');
    expect(notes).toEqual([expect.stringContaining('1 line')]);
  });
});

describe('e-mail', () => {
  const message = (body: string[], subject = 'Your order') =>
    [
      'From: =?utf-8?Q?J=C3=B6rg?= <joerg@shop.test>',
      'To: Ann <ann@x.test>, bob@x.test',
      `Subject: ${subject}`,
      'Date: Tue, 03 Nov 2026 10:00:00 +0100',
      'MIME-Version: 1.0',
      ...body,
    ].join('\r\n');

  it('is its text under its subject, with who wrote it to whom', async () => {
    const text = message(['Content-Type: text/plain; charset=utf-8', '', 'It left today.']);

    expect(await parseDocument(file('a.eml', text))).toMatchObject({
      title: 'Your order',
      sections: [
        {
          headings: ['Your order'],
          text: 'From: Jörg <joerg@shop.test>\nTo: Ann <ann@x.test>, bob@x.test\nDate: 2026-11-03T09:00:00.000Z\n\nIt left today.',
        },
      ],
      metadata: { from: 'Jörg <joerg@shop.test>', date: '2026-11-03T09:00:00.000Z' },
    });
  });

  it('holds its attachments: those that can be read, the names of all', async () => {
    const inner = message(['Content-Type: text/plain', '', 'Do not open me.'], 'Inner');
    const part = (type: string, name: string, data: string | Uint8Array) => [
      '--b',
      `Content-Type: ${type}; name="${name}"`,
      `Content-Disposition: attachment; filename="${name}"`,
      'Content-Transfer-Encoding: base64',
      '',
      Buffer.from(data as Uint8Array).toString('base64'),
    ];
    const text = message([
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      'Content-Type: text/html',
      '',
      '<h2>Hello</h2><p>See <b>below</b>.</p>',
      ...part('application/pdf', 'bill.pdf', makePdf([['Pay 5 euros.']])),
      ...part('application/zip', 'all.zip', 'PK'),
      ...part('text/csv', 'bad.csv', 'PK\x03\x04'),
      ...part('message/rfc822', 'inner.eml', inner),
      '--b--',
    ]);

    const { sections, notes } = await parseDocument(file('a.eml', text));

    expect(sections.map(({ headings }) => headings)).toEqual([
      ['Your order'],
      ['Your order', 'Hello'],
      ['Your order', 'bill.pdf', 'Page 1'],
    ]);
    expect(sections[0]!.text).toContain('Attachments: bill.pdf, all.zip, bad.csv, inner.eml');
    expect(sections[2]).toMatchObject({ text: 'Pay 5 euros.', page: 1 });
    expect(notes).toEqual([expect.stringContaining('"bad.csv" is an archive')]);
    expect(JSON.stringify(sections)).not.toContain('Do not open me');
  });

  it('is none without a sender, a subject or a date', async () => {
    await expect(parseDocument(file('a.eml', 'hello'))).rejects.toMatchObject({ code: 'unsupported_media' });
  });
});
