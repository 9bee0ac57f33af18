import { posix } from 'node:path';
import { AppError } from '#lib/db/app-error.ts';
import { type Archive, openArchive } from './archive.ts';
import type { DocumentMetadata, UploadedFile } from './document.ts';
import { attribute, child, elementsOf, parseXml, textOf, type XmlElement } from './xml.ts';

/** What an Office file is, by the type of its main part, and what people call it. */
const KINDS = {
  wordprocessingml: { name: 'a Word document', ending: '.docx' },
  spreadsheetml: { name: 'an Excel workbook', ending: '.xlsx' },
  presentationml: { name: 'a PowerPoint presentation', ending: '.pptx' },
};

export interface Relation {
  type: string;
  /** Name of the entry it leads to. */
  target: string;
}

/** An Office file (Office Open XML), opened. */
export interface OfficeFile {
  archive: Archive;
  /** Name of the entry with the document itself. */
  main: string;
  title: string;
  metadata: DocumentMetadata;
  notes: string[];
}

/**
 * Opens an Office file and makes sure that it is of the kind that is expected. Throws as `openArchive`, and
 * `unsupported_media` when it is of another kind.
 */
export async function openOffice(file: UploadedFile, expected: keyof typeof KINDS): Promise<OfficeFile> {
  const { name } = file;
  const archive = await openArchive(name, file.data);
  if (!archive.has('[Content_Types].xml')) {
    throw new AppError('unsupported_media', `"${name}" is an archive, but not ${KINDS[expected].name}.`);
  }
  const root = [...(await relationsOf(archive, '', name)).values()];
  const main = targetOf(root, 'officeDocument');
  if (main === undefined || !archive.has(main)) {
    throw new AppError('invalid', `"${name}" is broken: its main part is missing.`);
  }
  const type = await contentType(archive, main, name);
  const kind = (Object.keys(KINDS) as (keyof typeof KINDS)[]).find((one) => type.includes(one));
  if (kind !== expected) {
    const other = kind
      ? `is ${KINDS[kind].name} under another name; let its name end in ${KINDS[kind].ending}`
      : `is not ${KINDS[expected].name}`;
    throw new AppError('unsupported_media', `"${name}" ${other}.`);
  }
  const core = targetOf(root, 'core-properties');
  const properties = core && archive.has(core) ? parseXml(await archive.text(core), `"${name}"`) : undefined;
  const notes = /macroEnabled/i.test(type) ? ['Macros were left out; nothing of them was run.'] : [];
  return {
    archive,
    main,
    title: textOf(child(properties, 'title')).trim(),
    metadata: metadataOf(properties),
    notes,
  };
}

/** Where the parts that a part speaks of are, by their id. Addresses outside the file are left out. */
export async function relationsOf(
  archive: Archive,
  part: string,
  name: string,
): Promise<Map<string, Relation>> {
  const folder = posix.dirname(part);
  const place = posix.join(folder, '_rels', `${posix.basename(part)}.rels`);
  const relations = new Map<string, Relation>();
  if (!archive.has(place)) return relations;
  for (const element of elementsOf(parseXml(await archive.text(place), `"${name}"`))) {
    const target = attribute(element, 'Target');
    if (target === undefined || attribute(element, 'TargetMode') === 'External') continue;
    const full = target.startsWith('/') ? target.slice(1) : posix.join(folder, target);
    relations.set(attribute(element, 'Id') ?? '', { type: attribute(element, 'Type') ?? '', target: full });
  }
  return relations;
}

/** The first part of a kind: the last word of the relation's type. */
export function targetOf(relations: Iterable<Relation>, kind: string): string | undefined {
  for (const { type, target } of relations) if (type.endsWith(`/${kind}`)) return target;
  return undefined;
}

/** The id of a relation that an element names, whatever prefix its file gives them. */
export function relationId(element: XmlElement): string {
  return Object.entries(element.attributes).find(([name]) => /^[^:]+:id$/.test(name))?.[1] ?? '';
}

async function contentType(archive: Archive, part: string, name: string): Promise<string> {
  const types = elementsOf(parseXml(await archive.text('[Content_Types].xml'), `"${name}"`));
  const own = types.find((type) => attribute(type, 'PartName') === `/${part}`);
  const ending = part.slice(part.lastIndexOf('.') + 1);
  const usual = types.find((type) => attribute(type, 'Extension') === ending);
  return attribute(own ?? usual, 'ContentType') ?? '';
}

/** Names in the core properties → ours. */
const PROPERTIES: Record<string, string> = {
  creator: 'author',
  subject: 'subject',
  keywords: 'keywords',
  created: 'created',
  modified: 'modified',
  language: 'language',
};

function metadataOf(properties: XmlElement | undefined): DocumentMetadata {
  const metadata: DocumentMetadata = {};
  for (const [theirs, ours] of Object.entries(PROPERTIES)) {
    const value = textOf(child(properties, theirs)).trim();
    if (value !== '') metadata[ours] = value;
  }
  return metadata;
}
