/** The page of a kind of node in docs/nodes, read off the kind's own object and its source. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { NodeKind } from '#lib/engine/kind.ts';
import { exampleDocument } from '#lib/workflow/example.ts';
import type { JsonObject, JsonSchema, JsonValue } from '#lib/workflow/json.ts';
import type { CapabilityName, KindGroup } from '#lib/workflow/kind.ts';
import { code, codes, fieldRows, table } from './schema-words.ts';

const source = join(import.meta.dirname, '../lib/nodes');

const GROUPS: Record<KindGroup, string> = {
  'start-end': 'Start and end',
  do: 'Do something',
  shape: 'Shape data',
  flow: 'Steer',
  client: 'Talk to the client',
};

const NEEDS: Record<CapabilityName, string> = {
  http: 'HTTP through the [egress](../egress.md)',
  code: 'the [sandbox](../sandbox.md)',
  knowledge: 'the search of knowledge bases',
  files: 'the project’s files',
  store: 'the project’s key-value store',
  sql: 'databases through the [egress](../egress.md)',
  mcp: 'remote MCP servers through the [egress](../egress.md)',
  workflows: 'other workflows of the project',
  parse: 'the parsers',
  schemas: 'JSON Schema validation',
  news: 'news to clients that listen',
  progress: 'progress messages',
  log: 'the run’s log',
};

/** The kinds by group, each with a link to its page. */
export function kindIndex(kinds: readonly NodeKind[]): string {
  return Object.entries(GROUPS)
    .map(([group, title]) => {
      const rows = kinds
        .filter((kind) => kind.group === group)
        .map((kind) => [`[${kind.title}](${kind.type}.md)`, code(kind.type), kind.summary]);
      return `## ${title}\n\n${table(['kind', 'type', ''], rows)}`;
    })
    .join('\n\n');
}

export function kindPage(kind: NodeKind): string {
  const { type, title, summary, group } = kind;
  const schema = z.toJSONSchema(kind.config, { io: 'input' }) as JsonSchema;
  const fields = fieldRows(schema, '');
  const failures = failuresOf(type);
  return [
    `# ${title}`,
    '',
    `${summary} Type ${code(type)}, in the group “${GROUPS[group]}” of the [kinds](README.md).`,
    '',
    '## Fields',
    fields.length > 0 ? table(['field', 'value', 'default', 'meaning'], fields) : 'It has none.',
    '',
    '## Ways on',
    handleWords(kind),
    '',
    '## What it leaves behind',
    valueWords(kind),
    '',
    '## What it uses',
    `${upper(kind.needs.map((need) => NEEDS[need]).join(', ') || 'nothing outside the run')}.`,
    '',
    ...(failures.length > 0
      ? [
          '## How it fails',
          'Besides what every step may fail with, and what it uses:',
          '',
          table(['code', 'says'], failures),
          '',
        ]
      : []),
    '## Example',
    ...exampleWords(kind),
  ].join('\n');
}

/** The config of the kind where its example uses it: what depends on the config is shown for that. */
function shownConfig(kind: NodeKind): unknown {
  const shown = Object.values(kind.example.steps).find((step) => (step.kind ?? kind.type) === kind.type);
  return kind.config.parse(shown?.config ?? kind.initial);
}

function handleWords(kind: NodeKind): string {
  const handles = kind.handles(shownConfig(kind));
  const inner = kind.body ? [`Its steps inside begin at the handle ${code(kind.body.handle)}.`] : [];
  if (handles.length === 0) return 'None: nothing may follow it.';
  if (handles.length === 1) return [`${code(handles[0]!.id)}.`, ...inner].join(' ');
  const rows = handles.map(({ id, label = '' }) => [code(id), label]);
  return [
    'In the example:',
    '',
    table(['handle', 'when'], rows),
    ...inner.flatMap((line) => ['', line]),
  ].join('\n');
}

function valueWords(kind: NodeKind): string {
  const schema = kind.outputSchema(shownConfig(kind));
  const words = schemaWords(schema);
  if (kind.handles(shownConfig(kind)).length === 0) return 'Nothing: no step comes after it.';
  if (words === 'anything') return 'Any value: what it is, is not known before it runs.';
  const members = memberLines(schema, 0);
  const lines = [`${upper(words)}, as configured in the example.`];
  return members.length > 0 ? [...lines, '', ...members].join('\n') : lines.join('');
}

function memberLines(schema: JsonSchema, depth: number): string[] {
  const inner = innerObject(schema);
  const properties = (inner?.['properties'] ?? {}) as Record<string, JsonSchema>;
  const required = (inner?.['required'] ?? []) as string[];
  return Object.entries(properties).flatMap(([name, member]) => {
    const optional = required.includes(name) ? '' : ', may be absent';
    const line = `${'  '.repeat(depth)}- ${code(name)}: ${schemaWords(member)}${optional}`;
    return depth < 3 ? [line, ...memberLines(member, depth + 1)] : [line];
  });
}

function innerObject(schema: JsonSchema): JsonSchema | null {
  if (schema['properties']) return schema;
  const items = schema['items'];
  return typeof items === 'object' && items !== null && !Array.isArray(items) ? innerObject(items) : null;
}

const TYPES: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
  null: 'null',
};

/** `a list of texts`, `a text or null`. */
function schemaWords(schema: JsonSchema): string {
  if ('const' in schema) return code(JSON.stringify(schema['const']));
  const options = schema['enum'];
  if (Array.isArray(options)) return codes(options.map((value) => JSON.stringify(value)));
  const either = (schema['anyOf'] ?? schema['oneOf']) as JsonSchema[] | undefined;
  if (either) return [...new Set(either.map(schemaWords))].join(' or ');
  const type = schema['type'];
  if (type === undefined) return schema['properties'] ? 'an object' : 'anything';
  const words = (Array.isArray(type) ? type : [type]).map((name) => TYPES[String(name)] ?? String(name));
  const items = schema['items'] as JsonSchema | undefined;
  if (type === 'array' && items && Object.keys(items).length > 0)
    return `a list; each is ${schemaWords(items)}`;
  return words.join(' or ');
}

const upper = (text: string) => text[0]!.toUpperCase() + text.slice(1);

/** The codes a kind throws itself, with the first of their texts. */
function failuresOf(type: string): string[][] {
  const folder = join(source, type);
  const files = [
    join(source, `${type}.ts`),
    ...(existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []),
  ];
  const found = new Map<string, string>();
  for (const file of files) {
    const thrown = readFileSync(file, 'utf8').matchAll(
      /new StepError\(\s*'([A-Z_]+)',\s*(?:'((?:[^'\\]|\\.)*)'|`((?:[^`\\]|\\.)*)`)?/g,
    );
    for (const [, name = '', plain, template] of thrown) {
      const words = (plain ?? template ?? '').replace(/\$\{[^}]*\}/g, '…').replaceAll('\\', '');
      if (!found.get(name)) found.set(name, words);
    }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, words]) => [code(name), words]);
}

function exampleWords(kind: NodeKind): string[] {
  const { example } = kind;
  const { input, env, world, answers, answer } = example;
  const block = (value: string) => ['```json', value, '```'];
  return [
    example.summary,
    '',
    ...block(documentText(exampleDocument(kind.type, example) as unknown as JsonObject)),
    '',
    'Called with',
    ...block(JSON.stringify(input)),
    ...(env ? ['in a project with the environment', ...block(JSON.stringify(env))] : []),
    ...(world
      ? ['while the world answers, as a [recording](../replay.md) has it,', ...block(worldText(world))]
      : []),
    ...(answers ? ['and its questions are answered with', ...block(JSON.stringify(answers, null, 2))] : []),
    'it answers',
    ...block(JSON.stringify(answer, null, 2)),
  ];
}

/** A node and an edge a line. */
function documentText(document: JsonObject): string {
  const members = Object.entries(document).map(([name, value]) => {
    if (!Array.isArray(value)) return `  ${JSON.stringify(name)}: ${JSON.stringify(value)}`;
    const lines = value.map((item) => `    ${JSON.stringify(item)}`);
    return `  ${JSON.stringify(name)}: [\n${lines.join(',\n')}\n  ]`;
  });
  return `{\n${members.join(',\n')}\n}`;
}

function worldText(world: object): string {
  return JSON.stringify(world as JsonValue, null, 2);
}
