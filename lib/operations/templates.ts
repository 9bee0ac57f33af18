import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import * as z from 'zod';
import { kinds } from '#lib/nodes/index.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { readDiskFolder } from './disk-folder.ts';
import { type ProjectContent, readFolder } from './project-folder.ts';

const FOLDER = join(fileURLToPath(new URL('../../examples/templates', import.meta.url)));
const MANIFEST = 'template.yaml';

const manifest = z.strictObject({
  title: z.string().min(1).max(60),
  /** One sentence. */
  summary: z.string().min(1).max(160),
  tags: z.array(z.string().regex(/^[a-z-]{2,20}$/)).min(1),
  /** Hosts that it calls; none when it stays on this server. */
  needs: z.array(z.string().min(1)),
  /** The workflow that is opened, and with what it can be tried. */
  tool: z.string(),
  input: z.record(z.string(), z.json()),
});

/** A project folder that comes with Patchbay, to begin with. */
export interface Template {
  /** Name of its folder. */
  id: string;
  title: string;
  summary: string;
  tags: string[];
  needs: string[];
  tool: string;
  input: JsonObject;
  content: ProjectContent;
}

let known: Promise<readonly Template[]> | null = null;

/** The templates, in the order of their titles. Read from disk once. Throws where one of them is broken. */
export function readTemplates(): Promise<readonly Template[]> {
  known ??= readAll().catch((error: unknown) => {
    known = null;
    throw error;
  });
  return known;
}

async function readAll(): Promise<Template[]> {
  const entries = await readdir(FOLDER, { withFileTypes: true });
  const all = await Promise.all(
    entries.filter((entry) => entry.isDirectory()).map(({ name }) => readOne(name)),
  );
  return all.sort((one, other) => one.title.localeCompare(other.title, 'en'));
}

async function readOne(id: string): Promise<Template> {
  const folder = await readDiskFolder(join(FOLDER, id));
  const text = folder.get(MANIFEST);
  if (!text) throw new Error(`The template ${id} has no ${MANIFEST}.`);
  const facts = manifest.parse(parse(Buffer.from(text).toString('utf8'), { maxAliasCount: 0 }));
  return { id, ...facts, input: facts.input as JsonObject, content: readFolder(folder, kinds) };
}
