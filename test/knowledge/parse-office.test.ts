import { describe, expect, it } from 'vitest';
import { parseDocument } from '#lib/knowledge/parse.ts';
import { makeDocx, makeEpub, makeOdt, makePptx, makeXlsx, paragraph, shape } from './office.ts';

const read = (name: string, data: Uint8Array) => parseDocument({ name, mimeType: '', data });

const STYLES = `<w:styles>
  <w:style w:styleId="T"><w:name w:val="Title"/></w:style>
  <w:style w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>
  <w:style w:styleId="Own"><w:name w:val="Own"/><w:basedOn w:val="H2"/></w:style>
  <w:style w:styleId="H2"><w:name w:val="Something"/><w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style>
  <w:style w:styleId="Bullets"><w:name w:val="List Bullet"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
</w:styles>`;
const NUMBERING = `<w:numbering>
  <w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/></w:lvl></w:abstractNum>
  <w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:numFmt w:val="decimal"/></w:lvl><w:lvl w:ilvl="1"><w:numFmt w:val="lowerLetter"/></w:lvl></w:abstractNum>
  <w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>
</w:numbering>`;
const FOOTNOTES = `<w:footnotes><w:footnote w:id="2">${paragraph('Except on Sundays.')}</w:footnote></w:footnotes>`;
const PARTS = {
  parts: { 'word/styles.xml': STYLES, 'word/numbering.xml': NUMBERING, 'word/footnotes.xml': FOOTNOTES },
  relations: [
    ['styles', 'styles.xml'],
    ['numbering', 'numbering.xml'],
    ['footnotes', 'footnotes.xml'],
  ] as [string, string][],
};

const item = (text: string, level: number) =>
  `<w:p><w:pPr><w:numPr><w:ilvl w:val="${level}"/><w:numId w:val="2"/></w:numPr></w:pPr><w:r><w:t>${text}</w:t></w:r></w:p>`;
const row = (...cells: string[]) =>
  `<w:tr>${cells.map((cell) => `<w:tc>${paragraph(cell)}</w:tc>`).join('')}</w:tr>`;

describe('Word', () => {
  it('is cut at headings, whatever their styles are called and based on', async () => {
    const body = [
      paragraph('Terms of sale', 'T'),
      paragraph('Before.'),
      paragraph('Returns', 'berschrift1'),
      paragraph('Thirty days.'),
      paragraph('Refunds', 'Own'),
      paragraph('Five days.'),
      '<w:p><w:pPr><w:outlineLvl w:val="0"/></w:pPr><w:r><w:t>Law</w:t></w:r></w:p>',
      paragraph('Of Norway.'),
    ].join('');

    expect(await read('a.docx', makeDocx(body, PARTS))).toMatchObject({
      title: 'Terms of sale',
      sections: [
        { headings: ['Terms of sale'], text: 'Before.' },
        { headings: ['Terms of sale', 'Returns'], text: 'Thirty days.' },
        { headings: ['Terms of sale', 'Returns', 'Refunds'], text: 'Five days.' },
        { headings: ['Terms of sale', 'Law'], text: 'Of Norway.' },
      ],
    });
  });

  it('keeps lists, tables, footnotes, and what stands in boxes', async () => {
    const body = [
      paragraph('one', 'Bullets'),
      paragraph('two', 'Bullets'),
      paragraph('Then:'),
      item('first', 0),
      item('inner', 1),
      item('second', 0),
      `<w:tbl>${row('Country', 'Days | nights')}${row('France', '5')}</w:tbl>`,
      '<w:p><w:r><w:t>Open daily</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r></w:p>',
      `<w:p><w:r><mc:AlternateContent><mc:Choice><w:txbxContent>${paragraph('boxed')}</w:txbxContent></mc:Choice><mc:Fallback><w:txbxContent>${paragraph('boxed')}</w:txbxContent></mc:Fallback></mc:AlternateContent></w:r></w:p>`,
    ].join('');

    const { sections } = await read('a.docx', makeDocx(body, PARTS));

    expect(sections).toHaveLength(1);
    expect(sections[0]!.text).toBe(
      [
        '- one\n- two',
        'Then:\n1. first\n  1. inner\n2. second',
        '| Country | Days \\| nights |\n| --- | --- |\n| France | 5 |',
        'Open daily[^2]',
        'boxed',
        '[^2]: Except on Sundays.',
      ].join('\n\n'),
    );
  });

  it('shows text as it stands: without what was deleted, with what was inserted, without codes of fields', async () => {
    const body =
      '<w:p><w:r><w:t>a</w:t></w:r><w:del><w:r><w:delText>gone</w:delText></w:r></w:del><w:ins><w:r><w:t>b</w:t><w:tab/><w:t>c</w:t></w:r></w:ins>' +
      '<w:r><w:instrText> DDEAUTO c:\\cmd.exe "/k calc" </w:instrText></w:r><w:hyperlink><w:r><w:t> d</w:t></w:r></w:hyperlink></w:p>';

    expect((await read('a.docx', makeDocx(body))).sections[0]!.text).toBe('ab c d');
  });

  it('says who wrote it', async () => {
    const data = makeDocx(paragraph('x'), { title: 'Named', author: 'A. Writer' });

    expect(await read('a.docx', data)).toMatchObject({ title: 'Named', metadata: { author: 'A. Writer' } });
  });
});

describe('PowerPoint', () => {
  it('is a section for each slide, with its number, list, table and notes', async () => {
    const cell = (text: string) =>
      `<a:tc><p:txBody><a:p><a:r><a:t>${text}</a:t></a:r></a:p></p:txBody></a:tc>`;
    const table = `<p:graphicFrame><a:tbl><a:tr>${cell('Q')}${cell('Sum')}</a:tr><a:tr>${cell('1')}${cell('9')}</a:tr></a:tbl></p:graphicFrame>`;
    const data = makePptx([
      { shapes: shape('ctrTitle', ['Results']) + shape('sldNum', ['1']) },
      { shapes: shape('title', ['Sales']) + shape('body', ['north', 'south']), notes: 'Smile.' },
      { shapes: shape('none', ['secret']), hidden: true },
      { shapes: shape('none', ['Freely']) + table },
    ]);

    expect(await read('a.pptx', data)).toEqual({
      title: 'Results',
      sections: [
        { headings: ['Results', 'Results'], text: 'Results', page: 1 },
        { headings: ['Results', 'Sales'], text: '- north\n- south\n\nNotes: Smile.', page: 2 },
        {
          headings: ['Results', 'Slide 4'],
          text: 'Freely\n\n| Q | Sum |\n| --- | --- |\n| 1 | 9 |',
          page: 4,
        },
      ],
      metadata: {},
      notes: ['A hidden slide was left out.'],
    });
  });
});

describe('Excel', () => {
  const STYLE_SHEET =
    '<styleSheet><numFmts><numFmt numFmtId="164" formatCode="#,##0.00\\ &quot;€&quot;"/><numFmt numFmtId="165" formatCode="[$-409]d\\-mmm\\-yyyy;@"/></numFmts>' +
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="9"/><xf numFmtId="165"/><xf numFmtId="22"/><xf numFmtId="46"/></cellXfs></styleSheet>';
  const SHARED =
    '<sst><si><t>Item</t></si><si><r><t>Ri</t></r><r><t>ch</t></r><rPh><t>hint</t></rPh></si></sst>';
  const book = (rows: string) =>
    makeXlsx(
      { Prices: rows },
      {
        parts: { 'xl/styles.xml': STYLE_SHEET, 'xl/sharedStrings.xml': SHARED },
        kinds: [
          ['styles', 'styles.xml'],
          ['sharedStrings', 'sharedStrings.xml'],
        ],
      },
    );

  it('is a table for each sheet, with numbers and dates as they are shown', async () => {
    const data = book(
      '<row><c t="s"><v>0</v></c><c t="inlineStr"><is><t>Price</t></is></c><c t="str"><v>Since</v></c><c t="str"><v>Off</v></c><c t="str"><v>Flag</v></c></row>' +
        '<row><c t="s"><v>1</v></c><c s="2"><v>1234.5</v></c><c s="1"><v>45000</v></c><c s="3"><v>0.25</v></c><c t="b"><v>1</v></c></row>' +
        '<row><c r="A3" t="str"><v>x</v></c><c r="C3" s="4"><v>45000.75</v></c><c r="D3"><v>0.30000000000000004</v></c><c r="E3" t="e"><v>#DIV/0!</v></c></row>' +
        '<row><c t="str"><v>y</v></c><c s="5"><v>45000.75</v></c><c s="6"><v>1.5</v></c></row>',
    );

    expect(await read('a.xlsx', data)).toMatchObject({
      sections: [
        {
          headings: ['a', 'Prices'],
          page: 1,
          text: [
            '| Item | Price | Since | Off | Flag |',
            '| --- | --- | --- | --- | --- |',
            '| Rich | 1,234.50 € | 2023-03-15 | 25% | TRUE |',
            '| x |  | 2023-03-15 | 0.3 | #DIV/0! |',
            '| y | 2023-03-15 18:00 | 36:00:00 |  |  |',
          ].join('\n'),
        },
      ],
    });
  });

  it('takes the value a formula had, and computes none', async () => {
    const data = book(
      '<row><c><f>1+1</f><v>3</v></c><c t="str"><f>WEBSERVICE("http://x.test")</f><v></v></c></row>',
    );

    expect((await read('a.xlsx', data)).sections[0]!.text).toBe('| 3 |\n| --- |');
  });

  it('writes a wide table as a block for each row, under whatever stands before it', async () => {
    const cells = (prefix: string) =>
      `<row>${Array.from({ length: 12 }, (_, index) => `<c t="str"><v>${prefix}${index}</v></c>`).join('')}</row>`;
    const data = book(`<row><c t="str"><v>Report</v></c></row>${cells('name')}${cells('a')}${cells('b')}`);

    const { text } = (await read('a.xlsx', data)).sections[0]!;

    expect(text.startsWith('Report\n\nname0: a0\nname1: a1\n')).toBe(true);
    expect(text).toContain('name11: a11\n\nname0: b0\n');
  });

  it('leaves hidden sheets out, and says so', async () => {
    const rows = '<row><c t="str"><v>x</v></c></row>';
    const data = makeXlsx({ Open: rows, Safe: rows }, { states: { Safe: 'veryHidden' } });

    expect(await read('a.xlsx', data)).toMatchObject({
      sections: [{ headings: ['a', 'Open'] }],
      notes: ['The hidden sheet "Safe" was left out.'],
    });
  });
});

describe('EPUB', () => {
  it('is read in the order of its spine, by headings', async () => {
    const data = makeEpub({
      'one.xhtml': '<h1>One</h1><p>First.</p><h2>Inner</h2><p>Deep.</p>',
      'a.xhtml': '<h1>Two</h1><table><tr><th>k</th><th>v</th></tr><tr><td>1</td><td>2</td></tr></table>',
    });

    expect(await read('a.epub', data)).toMatchObject({
      title: 'The Book',
      sections: [
        { headings: ['The Book', 'One'], text: 'First.' },
        { headings: ['The Book', 'One', 'Inner'], text: 'Deep.' },
        { headings: ['The Book', 'Two'], text: '| k | v |\n| --- | --- |\n| 1 | 2 |' },
      ],
      metadata: { author: 'A. Writer', language: 'en' },
    });
  });
});

describe('OpenDocument', () => {
  it('is read by its headings, with lists, tables and notes', async () => {
    const body =
      '<text:h text:outline-level="1">Part</text:h><text:p>Hello<text:s/>you<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>aside</text:p></text:note-body></text:note></text:p>' +
      '<text:list><text:list-item><text:p>one</text:p><text:list><text:list-item><text:p>in</text:p></text:list-item></text:list></text:list-item></text:list>' +
      '<table:table><table:table-row><table:table-cell><text:p>k</text:p></table:table-cell><table:table-cell><text:p>v</text:p></table:table-cell></table:table-row></table:table>';

    expect(await read('a.odt', makeOdt(body))).toMatchObject({
      title: 'Open',
      sections: [
        {
          headings: ['Open', 'Part'],
          text: 'Hello you (aside)\n\n- one\n  - in\n\n| k | v |\n| --- | --- |',
        },
      ],
      metadata: { author: 'B. Writer' },
    });
  });
});

describe('an Office file under another name', () => {
  it.each([
    [
      'a.xlsx',
      makeDocx(paragraph('x')),
      '"a.xlsx" is a Word document under another name; let its name end in .docx.',
    ],
    ['a.docx', makePptx([{ shapes: '' }]), '"a.docx" is a PowerPoint presentation under another name'],
    ['a.pptx', makeEpub({}), '"a.pptx" is an archive, but not a PowerPoint presentation.'],
    ['a.epub', makeXlsx({}), '"a.epub" is an archive, but not an EPUB.'],
  ])('%s is refused with what it is', async (name, data, says) => {
    await expect(read(name, data)).rejects.toMatchObject({
      code: 'unsupported_media',
      message: expect.stringContaining(says),
    });
  });
});
