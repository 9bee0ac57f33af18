import { parse, stringify } from 'yaml';
import * as z from 'zod';
import { ACCESS, type Access, VIEWER_CALLS, type ViewerCalls } from '#lib/db/access-mode.ts';
import { AppError } from '#lib/db/app-error.ts';
import {
  CONNECTION_TYPES,
  type ConnectionSettings,
  type ConnectionType,
  connectionSettings,
} from '#lib/db/connections.ts';
import { projectIcon, RESULT_BUDGET, resultBudget } from '#lib/db/projects.ts';
import { MOST_TOOLSETS, type Toolset, toolsetFields } from '#lib/db/toolsets.ts';
import { type WorkflowDocument, workflowDocument } from '#lib/workflow/document.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import type { KindSpec } from '#lib/workflow/kind.ts';
import { WORKFLOW_NAME } from '#lib/workflow/name-patterns.ts';
import { fieldsWith, valueAt, withValueAt } from './config-fields.ts';
import { draftFaults } from './draft-document.ts';
import { type FolderBase, readKnowledge, sourceSlot, writeKnowledge } from './folder-knowledge.ts';
import { type FolderTest, readTests, writeTests } from './folder-tests.ts';
import { ENV_NAME, SLUG, slugOf } from './names.ts';

/**
 * A project as a folder of text files, and back. Pure: paths and bytes in, paths and bytes out.
 *
 *     project.yaml                     name, slug, icon, instructions, access, environment, connections, knowledge
 *                                      bases, schedules, webhooks and toolsets
 *     workflows/<name>.json            one document each
 *     workflows/<name>.<key>.js        the code of a node, beside it
 *     tests/<workflow>/<name>.json     a recording, and what the workflow must answer to it
 *     knowledge/<base>/<path>          the documents of a knowledge base, but for those that its sources bring
 *     knowledge/<base>.yaml            what is to be said beside them: metadata, questions
 *
 * Connections and webhooks come without their secrets. In the documents connections and knowledge bases stand by name.
 */
export type Folder = Map<string, Uint8Array>;

/** What a folder says. */
export interface ProjectContent {
  name: string;
  slug: string;
  instructions: string;
  access: Access;
  env: Record<string, string>;
  connections: {
    name: string;
    type: ConnectionType;
    hosts: string[];
    perCaller?: true | undefined;
    settings?: ConnectionSettings | undefined;
  }[];
  knowledge: FolderBase[];
  /** Background runs at one time. */
  concurrency: number;
  /** A data: or https: address of an image, or ''. */
  icon: string;
  /** Characters of a tool's result that are sent at once. */
  resultBudget: number;
  triggers: FolderTrigger[];
  toolsets: FolderToolset[];
  /** What members may call who only view. */
  viewerCalls: ViewerCalls;
  workflows: { name: string; document: WorkflowDocument }[];
  tests: FolderTest[];
}

/** What starts a workflow, which is named here. */
export type FolderTrigger = { workflow: string; name: string; enabled: boolean; attempts: number } & (
  | { type: 'schedule'; cron: string; timeZone: string; input: JsonObject }
  | { type: 'webhook'; signature: 'standard' | 'github' }
);

/** An address of its own for some of the workflows, which are named here. */
export type FolderToolset = Omit<Toolset, 'id' | 'updatedAt'>;

type Kinds = ReadonlyMap<string, KindSpec>;

/** What members may call of a new project who only view. */
const USUAL_VIEWER_CALLS: ViewerCalls = 'reads';
/** Background runs of a new project at one time. */
const DEFAULT_CONCURRENCY = 5;
const MOST_FILES = 20_000;
const MOST_PROJECT_BYTES = 256 * 1024;
const FILE_NAME = /^[^/\\\0]{1,200}$/;
/** Of a new knowledge base. */
const USUAL_BASE = { language: 'auto', chunkSize: 1200, chunkOverlap: 150 };

const triggerFields = {
  workflow: z.string().min(1).max(120),
  name: z.string().min(1).max(120),
  enabled: z.boolean().default(true),
  attempts: z.int().min(1).max(20).default(3),
};

/** A connection without its secret. */
export const connectionSlot = z.strictObject({
  name: z.string().min(1).max(120),
  type: z.enum(CONNECTION_TYPES),
  hosts: z.array(z.string().min(1).max(253)).min(1).max(50),
  perCaller: z.literal(true).optional(),
  settings: connectionSettings.optional(),
});

const projectFile = z.strictObject({
  schemaVersion: z.literal(1, 'this folder was written by a newer version'),
  name: z.string().min(1).max(120),
  slug: z.string().regex(SLUG, 'starts with a letter; then a-z, 0-9 and -; 2 to 39 characters'),
  instructions: z.string().max(20_000).default(''),
  access: z.enum(ACCESS).default('key'),
  environment: z
    .record(z.string().regex(ENV_NAME, 'letters, digits and _; at most 64'), z.string().max(10_000))
    .default({}),
  connections: z.array(connectionSlot).max(200).default([]),
  knowledge: z
    .array(
      z.strictObject({
        name: z.string().min(1).max(120),
        folder: z.string().regex(SLUG),
        offered: z.literal(true).optional(),
        language: z.string().max(4).optional(),
        chunkSize: z.int().min(200).max(4000).optional(),
        chunkOverlap: z.int().min(0).max(2000).optional(),
        sources: z.array(sourceSlot).max(50).optional(),
      }),
    )
    .max(200)
    .default([]),
  concurrency: z.int().min(1).max(50).default(DEFAULT_CONCURRENCY),
  icon: projectIcon.default(''),
  resultBudget: resultBudget.default(RESULT_BUDGET.default),
  triggers: z
    .array(
      z.discriminatedUnion('type', [
        z.strictObject({
          ...triggerFields,
          type: z.literal('schedule'),
          cron: z.string().min(1).max(120),
          timeZone: z.string().min(1).max(64),
          input: z.record(z.string(), z.json()).default({}),
        }),
        z.strictObject({
          ...triggerFields,
          type: z.literal('webhook'),
          signature: z.enum(['standard', 'github']),
        }),
      ]),
    )
    .max(500)
    .default([]),
  viewerCalls: z.enum(VIEWER_CALLS).default(USUAL_VIEWER_CALLS),
  toolsets: z
    .array(
      z.strictObject({
        ...toolsetFields,
        description: toolsetFields.description.default(''),
        instructions: toolsetFields.instructions.default(''),
        readOnly: toolsetFields.readOnly.default(false),
        documents: toolsetFields.documents.default(false),
      }),
    )
    .max(MOST_TOOLSETS)
    .default([]),
});

/** The folder of a project. The same content gives the same bytes. */
export function writeFolder(content: ProjectContent, kinds: Kinds): Folder {
  const folder: Folder = new Map();
  const put = (path: string, text: string) => folder.set(path, Buffer.from(text, 'utf8'));
  const bases = named(content.knowledge);
  const folderNames = uniqueSlugs(bases.map((base) => base.name));

  put(
    'project.yaml',
    stringify(
      {
        schemaVersion: 1,
        name: content.name,
        slug: content.slug,
        instructions: content.instructions,
        access: content.access,
        environment: Object.fromEntries(Object.entries(content.env).sort(([a], [b]) => order(a, b))),
        connections: named(content.connections).map(({ name, type, hosts, perCaller, settings }) => ({
          name,
          type,
          hosts,
          ...(perCaller && { perCaller }),
          ...(settings && { settings }),
        })),
        knowledge: bases.map((base, index) => writtenBase(base, folderNames[index]!)),
        ...(content.concurrency === DEFAULT_CONCURRENCY ? {} : { concurrency: content.concurrency }),
        ...(content.icon === '' ? {} : { icon: content.icon }),
        ...(content.resultBudget === RESULT_BUDGET.default ? {} : { resultBudget: content.resultBudget }),
        ...(content.triggers.length === 0 ? {} : { triggers: writtenTriggers(content.triggers) }),
        ...(content.viewerCalls === USUAL_VIEWER_CALLS ? {} : { viewerCalls: content.viewerCalls }),
        ...(content.toolsets.length === 0 ? {} : { toolsets: named(content.toolsets).map(writtenToolset) }),
      },
      { lineWidth: 0 },
    ),
  );
  for (const workflow of named(content.workflows)) writeWorkflow(workflow, kinds, put);
  writeTests(content.tests, put);
  for (const [index, base] of bases.entries()) {
    writeKnowledge(folder, folderNames[index]!, base);
  }
  return folder;
}

function writeWorkflow(
  { name, document }: ProjectContent['workflows'][number],
  kinds: Kinds,
  put: (path: string, text: string) => void,
): void {
  const nodes = document.nodes.map((node) => {
    let config: JsonObject = node.config as JsonObject;
    for (const { path, file } of codeFiles(name, node.key, node.kind, kinds)) {
      const source = valueAt(config, path);
      if (typeof source !== 'string' || !isFileName(file)) continue;
      put(`workflows/${file}`, source);
      config = withValueAt(config, path, { $file: file });
    }
    return { ...ordered(node, NODE_ORDER), config };
  });
  const edges = document.edges.map((edge) => ordered(edge, EDGE_ORDER));
  const text = JSON.stringify({ ...ordered(document, DOCUMENT_ORDER), nodes, edges }, null, 2);
  put(`workflows/${name}.json`, `${text}\n`);
}

/** What the folder says, or `invalid` with the list of all that is wrong with it. */
export function readFolder(folder: Folder, kinds: Kinds): ProjectContent {
  const faults: string[] = [];
  // Words for people, and what the gallery of templates shows: neither is part of the project.
  const used = new Set(['README.md', 'template.yaml']);
  if (folder.size > MOST_FILES) fail([`more than ${MOST_FILES} files`]);
  const project = readProject(folder, faults);
  if (!project) fail(faults);
  used.add('project.yaml');

  const workflows = [...folder.keys()]
    .filter((path) => /^workflows\/[^/]+\.json$/.test(path))
    .sort(order)
    .flatMap((path) => {
      used.add(path);
      const document = readWorkflow(path, folder, kinds, used, faults);
      return document ? [{ name: workflowNameOf(path), document }] : [];
    });

  const knowledge = project.knowledge.map(
    ({ folder: base, offered, ...settings }): FolderBase => ({
      ...settings,
      ...(offered && { offered }),
      ...readKnowledge(folder, base, { used, faults }),
    }),
  );
  const connectionNames = new Set(project.connections.map(({ name }) => name));
  for (const { name, sources = [] } of project.knowledge) {
    for (const { name: source, connection } of sources) {
      if (connection === undefined || connectionNames.has(connection)) continue;
      faults.push(
        `project.yaml: knowledge base "${name}": source "${source}": no connection "${connection}"`,
      );
    }
  }

  const names = new Set(workflows.map(({ name }) => name));
  const tests = readTests(folder, { workflows: names, used, faults });

  for (const path of folder.keys())
    if (!used.has(path)) faults.push(`${path}: nothing in the project refers to it`);
  for (const [what, names] of [
    ['connections', project.connections.map(({ name }) => name)],
    ['knowledge bases', project.knowledge.map(({ name }) => name)],
    ['toolsets', project.toolsets.map(({ name }) => name)],
    ['knowledge folders', project.knowledge.map(({ folder: name }) => name)],
  ] as const) {
    if (new Set(names).size < names.length) faults.push(`project.yaml: two ${what} have the same name`);
  }
  faults.push(...triggerFaults(project.triggers, names));
  if (faults.length > 0) fail(faults);
  const { environment: env, ...rest } = project;
  return { ...rest, env, knowledge, workflows, tests };
}

function writtenBase(base: FolderBase, folder: string): object {
  const { name, offered, sources = [], ...settings } = base;
  const unusual = (Object.keys(USUAL_BASE) as (keyof typeof USUAL_BASE)[]).filter(
    (key) => settings[key] !== undefined && settings[key] !== USUAL_BASE[key],
  );
  return {
    name,
    folder,
    ...(offered && { offered }),
    ...Object.fromEntries(unusual.map((key) => [key, settings[key]])),
    ...(sources.length > 0 && { sources: named(sources).map((source) => ordered(source, SOURCE_ORDER)) }),
  };
}

function writtenTriggers(triggers: readonly FolderTrigger[]): FolderTrigger[] {
  return [...triggers]
    .sort((a, b) => order(a.workflow, b.workflow) || order(a.name, b.name))
    .map((trigger) => ordered(trigger, TRIGGER_ORDER));
}

function writtenToolset(toolset: FolderToolset): object {
  const { name, title, description, instructions, access, readOnly, documents, workflows } = toolset;
  return {
    name,
    title,
    ...(description !== '' && { description }),
    ...(instructions !== '' && { instructions }),
    access,
    ...(readOnly && { readOnly }),
    ...(documents && { documents }),
    workflows: [...workflows].sort(order),
  };
}

function triggerFaults(triggers: readonly FolderTrigger[], workflows: ReadonlySet<string>): string[] {
  const seen = new Set<string>();
  return triggers.flatMap(({ workflow, name }) => {
    const faults = [];
    if (!workflows.has(workflow)) faults.push(`there is no workflow "${workflow}"`);
    if (seen.has(`${workflow} ${name}`)) faults.push('another of the workflow has this name');
    seen.add(`${workflow} ${name}`);
    return faults.map((fault) => `project.yaml: trigger "${name}": ${fault}`);
  });
}

function readProject(folder: Folder, faults: string[]): z.output<typeof projectFile> | null {
  const text = textOf(folder, 'project.yaml', faults);
  if (text === null) return null;
  if (text.length > MOST_PROJECT_BYTES) {
    faults.push('project.yaml: larger than 256 KiB');
    return null;
  }
  let value: unknown;
  try {
    // No aliases: a few lines of them unfold into gigabytes.
    value = parse(text, { maxAliasCount: 0, prettyErrors: true });
  } catch (error) {
    faults.push(`project.yaml: ${(error as Error).message.split('\n')[0]}`);
    return null;
  }
  const result = projectFile.safeParse(value);
  if (result.success) return result.data;
  for (const issue of result.error.issues) {
    faults.push(`project.yaml: ${issue.path.join('.') || 'the file'}: ${issue.message}`);
  }
  return null;
}

function readWorkflow(
  path: string,
  folder: Folder,
  kinds: Kinds,
  used: Set<string>,
  faults: string[],
): WorkflowDocument | null {
  const name = workflowNameOf(path);
  if (!WORKFLOW_NAME.test(name)) {
    faults.push(`${path}: the file must be named after the tool: a-z, 0-9 and _, at most 45 characters`);
    return null;
  }
  const text = textOf(folder, path, faults);
  if (text === null) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    faults.push(`${path}: not JSON: ${(error as Error).message}`);
    return null;
  }
  const wrong = draftFaults(value);
  if (wrong.length > 0) {
    faults.push(...wrong.slice(0, 20).map((fault) => `${path}: ${fault}`));
    return null;
  }
  const document = value as WorkflowDocument;
  const nodes = document.nodes.map((node) => {
    let config = node.config as JsonObject;
    if (!kinds.has(node.kind)) faults.push(`${path}: node ${node.key}: there is no kind "${node.kind}"`);
    for (const { path: field, file } of codeFiles(name, node.key, node.kind, kinds)) {
      const reference = valueAt(config, field);
      if (typeof reference !== 'object' || reference === null) continue;
      if (JSON.stringify(reference) !== JSON.stringify({ $file: file })) {
        faults.push(
          `${path}: node ${node.key}: ${field.join('.')} must be the code, or { "$file": "${file}" }`,
        );
        continue;
      }
      const source = textOf(folder, `workflows/${file}`, faults);
      used.add(`workflows/${file}`);
      config = withValueAt(config, field, source ?? '');
    }
    return { ...node, config };
  });
  return { ...document, nodes };
}

/** `<workflow>.<key>.js`, and with the field's name where a node has several pieces of code. */
function codeFiles(workflow: string, key: string, type: string, kinds: Kinds) {
  const kind = kinds.get(type);
  const places = kind ? fieldsWith(kind, 'code').filter((place) => place.language !== 'json') : [];
  return places.map(({ path }) => ({
    path,
    file: places.length === 1 ? `${workflow}.${key}.js` : `${workflow}.${key}.${path.join('-')}.js`,
  }));
}

function textOf(folder: Folder, path: string, faults: string[]): string | null {
  const data = folder.get(path);
  if (!data) {
    faults.push(`${path} is missing`);
    return null;
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(data);
  } catch {
    faults.push(`${path}: not UTF-8 text`);
    return null;
  }
}

function fail(faults: string[]): never {
  throw new AppError(
    'invalid',
    `This folder is not a project:\n${faults.map((fault) => `- ${fault}`).join('\n')}`,
    {
      faults,
    },
  );
}

function workflowNameOf(path: string): string {
  return path.slice('workflows/'.length, -'.json'.length);
}

function isFileName(name: string): boolean {
  return FILE_NAME.test(name) && !name.startsWith('.');
}

function uniqueSlugs(names: string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    const slug = slugOf(name);
    let free = slug;
    for (let count = 2; taken.has(free); count += 1) free = `${slug.slice(0, 35)}-${count}`;
    taken.add(free);
    return free;
  });
}

const DOCUMENT_ORDER = Object.keys(workflowDocument.shape);
const NODE_ORDER = ['id', 'key', 'kind', 'config', 'position', 'settings', 'parent'];
const EDGE_ORDER = ['id', 'from', 'to'];
const SOURCE_ORDER = ['kind', 'name', 'config', 'connection', 'schedule', 'timeZone'];
const TRIGGER_ORDER = [
  'workflow',
  'name',
  'type',
  'enabled',
  'cron',
  'timeZone',
  'input',
  'signature',
  'attempts',
];

/** The members in this order, so that a document reads and compares the same whoever made it. */
function ordered<T extends object>(value: T, names: readonly string[]): T {
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  const rank = (name: string) => (names.includes(name) ? names.indexOf(name) : names.length);
  return Object.fromEntries(entries.sort(([a], [b]) => rank(a) - rank(b))) as T;
}

function named<T extends { name: string }>(items: readonly T[]): T[] {
  return [...items].sort((a, b) => order(a.name, b.name));
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Fields that name something of the project by its id. */
const REFERRING = ['connection', 'knowledge-base', 'workflow'] as const;

/** The documents with every connection or knowledge base replaced: id → name on the way out, name → id on the way in. */
export function replaceReferences(
  document: WorkflowDocument,
  kinds: Kinds,
  replace: Record<(typeof REFERRING)[number], (value: string) => string>,
): WorkflowDocument {
  const nodes = document.nodes.map((node) => {
    const kind = kinds.get(node.kind);
    if (!kind) return node;
    let config = node.config as JsonObject;
    for (const widget of REFERRING) {
      for (const { path } of fieldsWith(kind, widget)) {
        const value: JsonValue | undefined = valueAt(config, path);
        if (typeof value === 'string') config = withValueAt(config, path, replace[widget](value));
      }
    }
    return { ...node, config };
  });
  return { ...document, nodes };
}
