import { AppError } from '#lib/db/app-error.ts';
import { openArchive } from './archive.ts';
import type { DocumentMetadata, ParsedDocument, UploadedFile } from './document.ts';
import { Outline } from './outline.ts';
import { markdownTable } from './table-text.ts';
import {
  attribute,
  child,
  descendants,
  eachElement,
  elementsOf,
  parseXml,
  textOf,
  type XmlElement,
} from './xml.ts';

/** An OpenDocument text: headings, paragraphs, lists, tables; notes stand where they are referred to. */
export async function parseOdt(file: UploadedFile, fallbackTitle: string): Promise<ParsedDocument> {
  const { name } = file;
  const archive = await openArchive(name, file.data);
  const what = `"${name}"`;
  const type = archive.has('mimetype') ? (await archive.text('mimetype')).trim() : '';
  if (!type.startsWith('application/vnd.oasis.opendocument.text') || !archive.has('content.xml')) {
    throw new AppError('unsupported_media', `"${name}" is an archive, but not an OpenDocument text.`);
  }
  if (
    archive.has('META-INF/manifest.xml') &&
    (await archive.text('META-INF/manifest.xml')).includes('encryption-data')
  ) {
    throw new AppError(
      'invalid',
      `"${name}" is protected by a password; remove it and upload the file again.`,
    );
  }
  const about = archive.has('meta.xml')
    ? child(parseXml(await archive.text('meta.xml'), what), 'meta')
    : undefined;
  const outline = new Outline();
  const block = (element: XmlElement) => {
    if (element.name === 'h') {
      const text = lineOf(element);
      if (text !== '') outline.heading(Number(attribute(element, 'outline-level') ?? 1) || 1, text);
    } else if (element.name === 'p') outline.add(lineOf(element));
    else if (element.name === 'list') outline.add(list(element, 0));
    else if (element.name === 'table') outline.add(table(element));
    else if (!/^(tracked-changes|sequence-decls|forms)$/.test(element.name))
      elementsOf(element).forEach(block);
  };
  eachElement(
    await archive.text('content.xml'),
    what,
    (_, parent) => parent === 'text',
    (element) => {
      block(element);
      return true;
    },
  );
  const title = textOf(child(about, 'title')).trim() || outline.firstHeading || fallbackTitle;
  return { title, sections: outline.sections(title), metadata: metadataOf(about) };
}

function lineOf(element: XmlElement): string {
  const walk = (one: XmlElement): string =>
    one.children
      .map((part) => {
        if (typeof part === 'string') return part;
        if (part.name === 'line-break') return '\n';
        if (part.name === 's' || part.name === 'tab') return ' ';
        if (part.name === 'note') return ` (${lineOf(child(part, 'note-body') ?? part)})`;
        return part.name === 'annotation' ? '' : walk(part);
      })
      .join('');
  return walk(element).replace(/ +/g, ' ').trim();
}

function list(element: XmlElement, level: number): string {
  return elementsOf(element)
    .flatMap(elementsOf)
    .map((part) => (part.name === 'list' ? list(part, level + 1) : `${'  '.repeat(level)}- ${lineOf(part)}`))
    .join('\n');
}

function table(element: XmlElement): string {
  const [header = [], ...body] = descendants(element, 'table-row').map((row) =>
    elementsOf(row)
      .filter(({ name }) => name === 'table-cell' || name === 'covered-table-cell')
      .map((cell) => elementsOf(cell).map(lineOf).join(' ')),
  );
  return markdownTable(header, body);
}

function metadataOf(about: XmlElement | undefined): DocumentMetadata {
  const metadata: DocumentMetadata = {};
  const names = {
    'initial-creator': 'author',
    subject: 'subject',
    keyword: 'keywords',
    'creation-date': 'created',
    date: 'modified',
    language: 'language',
  };
  for (const [theirs, ours] of Object.entries(names)) {
    const value = textOf(child(about, theirs)).trim();
    if (value !== '') metadata[ours] = value;
  }
  return metadata;
}
