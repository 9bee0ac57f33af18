import { parse, stringify } from 'yaml';
import * as z from 'zod';
import type { JsonObject } from '#lib/workflow/json.ts';
import type { Folder } from './project-folder.ts';

/** A knowledge base as a project's folder holds it. */
export interface FolderBase {
  name: string;
  /** The documents are resources of the MCP server. */
  offered?: true;
  language?: string | undefined;
  chunkSize?: number | undefined;
  chunkOverlap?: number | undefined;
  sources?: FolderSource[] | undefined;
  questions?: FolderQuestion[] | undefined;
  /** Those that no source brings. */
  documents: FolderDocument[];
}

export interface FolderDocument {
  /** As it was uploaded; its name, when left out. */
  path?: string | undefined;
  name: string;
  uri?: string | undefined;
  /** What people said of it. */
  metadata?: JsonObject | undefined;
  data: Uint8Array;
}

/** Where documents come from, without what it needs a secret for. */
export interface FolderSource {
  kind: string;
  name: string;
  config: JsonObject;
  /** Name of a connection. */
  connection?: string | undefined;
  schedule?: string | undefined;
  timeZone?: string | undefined;
}

export interface FolderQuestion {
  text: string;
  expected: { document: string; heading?: string | undefined; quote?: string | undefined }[];
  origin?: 'proposed' | undefined;
}

const MOST_BYTES = 8 * 1024 * 1024;
const SAFE_PART = /^[^/\\\0.][^/\\\0]{0,199}$/;

const aboutFile = z.strictObject({
  documents: z
    .array(
      z.strictObject({
        file: z.string(),
        path: z.string().min(1).max(1000).optional(),
        name: z.string().min(1).max(255).optional(),
        uri: z.string().max(2000).optional(),
        metadata: z.record(z.string(), z.json()).optional(),
      }),
    )
    .max(20_000)
    .default([]),
  questions: z
    .array(
      z.strictObject({
        text: z.string().min(1).max(500),
        expected: z
          .array(
            z.strictObject({
              document: z.string().min(1).max(1000),
              heading: z.string().max(300).optional(),
              quote: z.string().max(1000).optional(),
            }),
          )
          .min(1)
          .max(20),
        origin: z.literal('proposed').optional(),
      }),
    )
    .max(500)
    .default([]),
});

/** What project.yaml says of a source. */
export const sourceSlot = z.strictObject({
  kind: z.string().min(1).max(40),
  name: z.string().min(1).max(120),
  config: z.record(z.string(), z.json()).default({}),
  connection: z.string().min(1).max(120).optional(),
  schedule: z.string().min(1).max(120).optional(),
  timeZone: z.string().min(1).max(64).optional(),
});

/**
 * The documents of a base at `knowledge/<folder>/<path>`, and what is to be said beside them (a path that cannot be the
 * name of a file, metadata, questions) in `knowledge/<folder>.yaml`, where there is something to say.
 */
export function writeKnowledge(folder: Folder, name: string, base: FolderBase): void {
  const taken = new Set<string>();
  const told: z.input<typeof aboutFile>['documents'] = [];
  const byPath = [...base.documents].sort(
    (a, b) => order(a.path ?? a.name, b.path ?? b.name) || order(a.name, b.name),
  );
  for (const document of byPath) {
    const { path = document.name, data, uri, metadata } = document;
    const file = placeOf(path, taken);
    folder.set(`knowledge/${name}/${file}`, data);
    const about = {
      ...(document.path !== undefined && path !== file && { path }),
      ...(document.path !== undefined && document.name !== lastOf(path) && { name: document.name }),
      ...(uri !== undefined && { uri }),
      ...(metadata && Object.keys(metadata).length > 0 && { metadata: sorted(metadata) }),
    };
    if (Object.keys(about).length > 0) told.push({ file, ...about });
  }
  const questions = [...(base.questions ?? [])].sort((a, b) => order(a.text, b.text));
  if (told.length === 0 && questions.length === 0) return;
  const text = stringify(
    {
      ...(told.length > 0 && { documents: told }),
      ...(questions.length > 0 && {
        questions: questions.map(({ text: words, expected, origin }) => ({
          text: words,
          expected: expected.map(({ document, heading, quote }) => ({
            document,
            ...(heading !== undefined && { heading }),
            ...(quote !== undefined && { quote }),
          })),
          ...(origin && { origin }),
        })),
      }),
    },
    { lineWidth: 0 },
  );
  folder.set(`knowledge/${name}.yaml`, Buffer.from(text, 'utf8'));
}

/** The way back; what was read is added to `used`, what is wrong to `faults`. */
export function readKnowledge(
  folder: Folder,
  name: string,
  { used, faults }: { used: Set<string>; faults: string[] },
): Pick<FolderBase, 'documents' | 'questions'> {
  const beside = `knowledge/${name}.yaml`;
  const about = folder.has(beside) ? readAbout(folder.get(beside)!, beside, faults) : undefined;
  used.add(beside);
  const told = new Map(about?.documents.map((one) => [one.file, one]));
  const prefix = `knowledge/${name}/`;
  const documents: FolderDocument[] = [];
  for (const [place, data] of folder) {
    if (!place.startsWith(prefix)) continue;
    const file = place.slice(prefix.length);
    if (!isPlace(file)) continue;
    used.add(place);
    const said = told.get(file);
    told.delete(file);
    const path = said?.path ?? file;
    documents.push({
      path,
      name: said?.name ?? lastOf(path),
      ...(said?.uri !== undefined && { uri: said.uri }),
      ...(said?.metadata && { metadata: said.metadata as JsonObject }),
      data,
    });
  }
  for (const file of told.keys()) faults.push(`${beside}: there is no file ${prefix}${file}`);
  const questions = about?.questions ?? [];
  return { documents, ...(questions.length > 0 && { questions }) };
}

function readAbout(data: Uint8Array, path: string, faults: string[]): z.output<typeof aboutFile> | undefined {
  try {
    if (data.byteLength > MOST_BYTES) throw new Error('larger than 8 MB');
    // No aliases: a few lines of them unfold into gigabytes.
    const value: unknown = parse(new TextDecoder('utf-8', { fatal: true }).decode(data), {
      maxAliasCount: 0,
    });
    const result = aboutFile.safeParse(value ?? {});
    if (result.success) return result.data;
    for (const issue of result.error.issues.slice(0, 20)) {
      faults.push(`${path}: ${issue.path.join('.') || 'the file'}: ${issue.message}`);
    }
  } catch (error) {
    faults.push(`${path}: ${(error as Error).message.split('\n')[0]}`);
  }
  return undefined;
}

/** Where a document lies in its folder: at its path, or, where that could lead astray, at a name made of it. */
function placeOf(path: string, taken: Set<string>): string {
  const isFree = (place: string) => {
    const low = place.toLowerCase();
    return ![...ancestorsOf(low)].some((one) => taken.has(one)) && !taken.has(low) && !taken.has(`${low}/`);
  };
  let place = isPlace(path) && isFree(path) ? path : plainName(path);
  const dot = place.lastIndexOf('.');
  const [stem, ending] =
    dot > place.lastIndexOf('/') + 1 ? [place.slice(0, dot), place.slice(dot)] : [place, ''];
  for (let count = 2; !isFree(place); count += 1) place = `${stem} (${count})${ending}`;
  const low = place.toLowerCase();
  taken.add(low);
  // Folders are marked by a slash: no file may have their name.
  for (const ancestor of ancestorsOf(low)) taken.add(`${ancestor}/`);
  return place;
}

function* ancestorsOf(place: string): Generator<string> {
  for (let at = place.indexOf('/'); at > 0; at = place.indexOf('/', at + 1)) yield place.slice(0, at);
}

function isPlace(path: string): boolean {
  const parts = path.split('/');
  return path.length <= 280 && parts.length <= 10 && parts.every((part) => SAFE_PART.test(part));
}

/** Whatever could lead out of the folder, or hide there, is replaced. */
function plainName(path: string): string {
  const safe = path
    .replace(/[/\\\0]/g, '_')
    .replace(/^\.+/, '_')
    .slice(-190);
  return safe === '' ? 'document' : safe;
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function sorted(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => order(a, b)));
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
