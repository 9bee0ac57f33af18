import { posix } from 'node:path';
import { AppError } from '#lib/db/app-error.ts';
import { type Archive, openArchive } from './archive.ts';
import type { DocumentMetadata, ParsedDocument, Section, UploadedFile } from './document.ts';
import { underTitle } from './outline.ts';
import { parseHtml } from './parse-html.ts';
import { attribute, child, descendants, parseXml, textOf, type XmlElement } from './xml.ts';

/** A book: its chapters in the order in which they are read, cut at their headings. Throws as `openArchive`. */
export async function parseEpub(file: UploadedFile, fallbackTitle: string): Promise<ParsedDocument> {
  const { name } = file;
  const archive = await openArchive(name, file.data);
  const what = `"${name}"`;
  if (!archive.has('META-INF/container.xml')) {
    throw new AppError('unsupported_media', `"${name}" is an archive, but not an EPUB.`);
  }
  await refuseProtected(archive, name);
  const container = parseXml(await archive.text('META-INF/container.xml'), what);
  const place = attribute(descendants(container, 'rootfile')[0], 'full-path') ?? '';
  const book = parseXml(await archive.text(place), what);
  const about = child(book, 'metadata');
  const title = textOf(child(about, 'title')).trim() || fallbackTitle;
  const chapters = new Map(
    descendants(child(book, 'manifest'), 'item').map((item) => [attribute(item, 'id') ?? '', item]),
  );
  const sections: Section[] = [];
  const notes: string[] = [];
  const read = new Set<string>();
  for (const reference of descendants(child(book, 'spine'), 'itemref')) {
    const chapter = chapters.get(attribute(reference, 'idref') ?? '');
    const part = partOf(chapter, place);
    if (part === undefined || read.has(part)) continue;
    read.add(part);
    if (!archive.has(part)) {
      notes.push(`The chapter "${part.slice(0, 100)}" is missing in the file.`);
      continue;
    }
    const parsed = parseHtml(await archive.text(part), title, { whole: true });
    for (const { headings, text } of parsed.sections) {
      // A chapter's own title repeats its heading, or is that of the book.
      const path = headings.filter((heading, index) => heading !== headings[index - 1]);
      sections.push({ headings: underTitle(title, path), text });
    }
  }
  return { title, sections, metadata: metadataOf(about), notes };
}

/** The entry of a chapter; undefined for what is no text. */
function partOf(chapter: XmlElement | undefined, book: string): string | undefined {
  const address = attribute(chapter, 'href');
  if (address === undefined || !/html/.test(attribute(chapter, 'media-type') ?? '')) return undefined;
  let path = address.split('#')[0]!;
  try {
    path = decodeURIComponent(path);
  } catch {
    // A name with a bare per cent sign.
  }
  return posix.join(posix.dirname(book), path);
}

async function refuseProtected(archive: Archive, name: string): Promise<void> {
  if (!archive.has('META-INF/encryption.xml')) return;
  const encryption = parseXml(await archive.text('META-INF/encryption.xml'), `"${name}"`);
  const hidden = descendants(encryption, 'CipherReference').some((reference) =>
    /html?$/i.test(attribute(reference, 'URI') ?? ''),
  );
  if (hidden) throw new AppError('invalid', `"${name}" is protected against copying and cannot be read.`);
}

function metadataOf(about: XmlElement | undefined): DocumentMetadata {
  const metadata: DocumentMetadata = {};
  const take = (theirs: string, ours: string) => {
    const value = textOf(child(about, theirs)).trim();
    if (value !== '') metadata[ours] = value;
  };
  take('creator', 'author');
  take('language', 'language');
  take('date', 'created');
  take('subject', 'subject');
  take('publisher', 'publisher');
  return metadata;
}
