import { makeZip, type ZipEntry } from './zip.ts';

// Office files by hand: only the parts that the test at hand is about.

const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const TYPE = 'application/vnd.openxmlformats-officedocument';
const NAMESPACES = [
  'w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"',
  'a="http://schemas.openxmlformats.org/drawingml/2006/main"',
  'p="http://schemas.openxmlformats.org/presentationml/2006/main"',
  'wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"',
  'mc="http://schemas.openxmlformats.org/markup-compatibility/2006"',
  `r="${RELATIONS}"`,
]
  .map((one) => `xmlns:${one}`)
  .join(' ');

interface OfficeParts {
  /** Path of the main part, and its content type after the common beginning. */
  main: string;
  type: string;
  /** Path → XML without its declaration. */
  parts: Record<string, string>;
  /** Part → kind of relation → targets, relative to the part. Their ids are r1, r2 … */
  relations?: Record<string, [kind: string, target: string][]>;
  title?: string;
  author?: string;
  extra?: ZipEntry[];
}

export function makeOffice({
  main,
  type,
  parts,
  relations = {},
  title,
  author,
  extra = [],
}: OfficeParts): Buffer {
  const root: [string, string][] = [['officeDocument', main]];
  if (title !== undefined || author !== undefined) root.push(['core-properties', 'docProps/core.xml']);
  const links = (list: [string, string][]) =>
    `${HEAD}<Relationships>${list
      .map(
        ([kind, target], index) =>
          `<Relationship Id="r${index + 1}" Type="${RELATIONS}/${kind}" Target="${target}"/>`,
      )
      .join('')}</Relationships>`;
  const entries: ZipEntry[] = [
    {
      name: '[Content_Types].xml',
      data: `${HEAD}<Types><Default Extension="xml" ContentType="application/xml"/><Override PartName="/${main}" ContentType="${type}"/></Types>`,
    },
    { name: '_rels/.rels', data: links(root) },
    ...Object.entries(parts).map(([name, data]) => ({ name, data: HEAD + data })),
    ...Object.entries(relations).map(([part, list]) => {
      const [, folder, name] = /^(.*?)([^/]+)$/.exec(part)!;
      return { name: `${folder}_rels/${name}.rels`, data: links(list) };
    }),
    ...extra,
  ];
  if (root.length > 1) {
    entries.push({
      name: 'docProps/core.xml',
      data: `${HEAD}<cp:coreProperties><dc:title>${title ?? ''}</dc:title><dc:creator>${author ?? ''}</dc:creator></cp:coreProperties>`,
    });
  }
  return makeZip(entries);
}

/** A Word document of this body. */
export function makeDocx(
  body: string,
  more: { parts?: Record<string, string>; relations?: [string, string][] } & Partial<
    Omit<OfficeParts, 'parts' | 'relations'>
  > = {},
): Buffer {
  const { parts = {}, relations = [], ...others } = more;
  return makeOffice({
    main: 'word/document.xml',
    type: `${TYPE}.wordprocessingml.document.main+xml`,
    parts: {
      'word/document.xml': `<w:document ${NAMESPACES}><w:body>${body}</w:body></w:document>`,
      ...parts,
    },
    relations: { 'word/document.xml': relations },
    ...others,
  });
}

/** A paragraph, in a style. */
export function paragraph(text: string, style = ''): string {
  const properties = style ? `<w:pPr><w:pStyle w:val="${style}"/></w:pPr>` : '';
  return `<w:p>${properties}<w:r><w:t xml:space="preserve">${text}</w:t></w:r></w:p>`;
}

/** A workbook of these sheets: name → XML of the rows. */
export function makeXlsx(
  sheets: Record<string, string>,
  more: {
    parts?: Record<string, string>;
    kinds?: [string, string][];
    states?: Record<string, string>;
  } & Partial<Omit<OfficeParts, 'parts'>> = {},
): Buffer {
  const { parts = {}, kinds = [], states = {}, ...others } = more;
  const names = Object.keys(sheets);
  const list = names
    .map(
      (name, index) =>
        `<sheet name="${name}" sheetId="${index + 1}" r:id="r${index + 1}" state="${states[name] ?? 'visible'}"/>`,
    )
    .join('');
  const pages = names.map((name, index) => [
    `xl/worksheets/sheet${index + 1}.xml`,
    `<worksheet><sheetData>${sheets[name]}</sheetData></worksheet>`,
  ]);
  return makeOffice({
    main: 'xl/workbook.xml',
    type: `${TYPE}.spreadsheetml.sheet.main+xml`,
    parts: {
      'xl/workbook.xml': `<workbook ${NAMESPACES}><sheets>${list}</sheets></workbook>`,
      ...Object.fromEntries(pages),
      ...parts,
    },
    relations: {
      'xl/workbook.xml': [
        ...names.map((_, index): [string, string] => ['worksheet', `worksheets/sheet${index + 1}.xml`]),
        ...kinds,
      ],
    },
    ...others,
  });
}

/** A presentation of these slides, each the XML of its shapes, and the text of its notes. */
export function makePptx(
  slides: { shapes: string; notes?: string; hidden?: boolean }[],
  title?: string,
): Buffer {
  const parts: Record<string, string> = {};
  const relations: Record<string, [string, string][]> = {
    'ppt/presentation.xml': slides.map((_, index) => ['slide', `slides/slide${index + 1}.xml`]),
  };
  const ids = slides.map((_, index) => `<p:sldId id="${256 + index}" r:id="r${index + 1}"/>`).join('');
  parts['ppt/presentation.xml'] =
    `<p:presentation ${NAMESPACES}><p:sldIdLst>${ids}</p:sldIdLst></p:presentation>`;
  for (const [index, { shapes, notes, hidden }] of slides.entries()) {
    const part = `ppt/slides/slide${index + 1}.xml`;
    const show = hidden ? 'show="0"' : '';
    parts[part] = `<p:sld ${NAMESPACES} ${show}><p:cSld><p:spTree>${shapes}</p:spTree></p:cSld></p:sld>`;
    if (notes === undefined) continue;
    relations[part] = [['notesSlide', `../notesSlides/notes${index + 1}.xml`]];
    parts[`ppt/notesSlides/notes${index + 1}.xml`] =
      `<p:notes ${NAMESPACES}><p:cSld><p:spTree>${shape('body', [notes])}</p:spTree></p:cSld></p:notes>`;
  }
  return makeOffice({
    main: 'ppt/presentation.xml',
    type: `${TYPE}.presentationml.presentation.main+xml`,
    parts,
    relations,
    ...(title === undefined ? {} : { title }),
  });
}

/** A shape of a slide with paragraphs in it. `place` is what it is for: title, body, none. */
export function shape(place: string, lines: string[]): string {
  const mark = place === 'none' ? '' : `<p:ph type="${place}"/>`;
  const text = lines.map((line) => `<a:p><a:r><a:t>${line}</a:t></a:r></a:p>`).join('');
  return `<p:sp><p:nvSpPr><p:nvPr>${mark}</p:nvPr></p:nvSpPr><p:txBody>${text}</p:txBody></p:sp>`;
}

/** A book of these chapters: name of the file → XHTML of the body. */
export function makeEpub(chapters: Record<string, string>, extra: ZipEntry[] = []): Buffer {
  const names = Object.keys(chapters);
  const items = names.map(
    (name, index) => `<item id="c${index}" href="${name}" media-type="application/xhtml+xml"/>`,
  );
  const spine = names.map((_, index) => `<itemref idref="c${index}"/>`);
  return makeZip([
    { name: 'mimetype', data: 'application/epub+zip', stored: true },
    {
      name: 'META-INF/container.xml',
      data: '<container><rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></container>',
    },
    {
      name: 'OPS/book.opf',
      data: `<package xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata><dc:title>The Book</dc:title><dc:creator>A. Writer</dc:creator><dc:language>en</dc:language></metadata><manifest>${items.join('')}</manifest><spine>${spine.join('')}</spine></package>`,
    },
    ...names.map((name) => ({
      name: `OPS/${name}`,
      data: `<?xml version="1.0"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head><body>${chapters[name]}</body></html>`,
    })),
    ...extra,
  ]);
}

/** An OpenDocument text of this body. */
export function makeOdt(body: string): Buffer {
  return makeZip([
    { name: 'mimetype', data: 'application/vnd.oasis.opendocument.text', stored: true },
    {
      name: 'content.xml',
      data: `<office:document-content><office:body><office:text>${body}</office:text></office:body></office:document-content>`,
    },
    {
      name: 'meta.xml',
      data: '<office:document-meta><office:meta><dc:title>Open</dc:title><meta:initial-creator>B. Writer</meta:initial-creator></office:meta></office:document-meta>',
    },
  ]);
}
