/**
 * The parts of docs/ that are read off the source: `node scripts/docs.ts --write` renews them. Each stands between
 * `<!-- generated: name -->` and `<!-- /generated -->`; whatever is outside is written by hand and left alone.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { type EgressLimits, LIMITS as egressLimits } from '#lib/egress/fetch.ts';
import type { NodeKind } from '#lib/engine/kind.ts';
import { kinds } from '#lib/nodes/index.ts';
import { defaultLimits, type SandboxLimits } from '#lib/sandbox/limits.ts';
import { binaryOperators, unaryOperators } from '#lib/workflow/expression-operators.ts';
import type { FunctionEntry } from '#lib/workflow/function-entry.ts';
import { functions } from '#lib/workflow/functions.ts';
import type { JsonSchema, JsonValue } from '#lib/workflow/json.ts';
import type { CapabilityName } from '#lib/workflow/kind.ts';
import { listMethods } from '#lib/workflow/list-methods.ts';
import { numberMethods, textMethods } from '#lib/workflow/text-methods.ts';

const docs = join(import.meta.dirname, '../docs');

/** What can be generated, by the name in the marker. */
const parts: ReadonlyMap<string, () => string> = new Map([
  ['operators', operatorList],
  ['methods', methodTable],
  ['functions', functionTables],
  ['egress limits', () => limitTable(EGRESS_WORDS, egressLimits)],
  ['sandbox limits', () => limitTable(SANDBOX_WORDS, defaultLimits)],
  ...[...kinds.values()].map((kind) => [`kind ${kind.type}`, () => kindSection(kind)] as const),
]);

const MARKED = /(<!-- generated: (.+?) -->\n)[\s\S]*?(<!-- \/generated -->)/g;

/** Pages with generated parts, as they are and as they should be. Throws Error when a part has no place or no source. */
export function renewedPages(): { page: string; current: string; renewed: string }[] {
  const places: string[] = [];
  const pages = readdirSync(docs)
    .filter((name) => name.endsWith('.md'))
    .map((page) => {
      const current = readFileSync(join(docs, page), 'utf8');
      const renewed = withPlaces(page, current).replace(
        MARKED,
        (_, open: string, name: string, close: string) => {
          const part = parts.get(name);
          if (!part) throw new Error(`docs/${page}: nothing generates "${name}".`);
          places.push(name);
          return `${open}${part()}\n${close}`;
        },
      );
      return { page, current, renewed };
    });
  const missing = [...parts.keys()].filter((name) => !places.includes(name));
  if (missing.length > 0) {
    throw new Error(`No page of docs/ has a place "<!-- generated: ${missing[0]} --><!-- /generated -->".`);
  }
  return pages.filter(({ current }) => current.includes('<!-- generated: '));
}

/** A new kind gets its section by itself, at the end; notes may be added behind it. */
function withPlaces(page: string, text: string): string {
  if (page !== 'nodes.md') return text;
  const added = [...kinds.keys()]
    .map((type) => `<!-- generated: kind ${type} -->\n`)
    .filter((open) => !text.includes(open))
    .map((open) => `\n${open}<!-- /generated -->\n`);
  return text + added.join('');
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

const code = (text: string) => `\`${text}\``;
const codes = (names: Iterable<string>) => [...names].map(code).join(' ');

function operatorList(): string {
  return `Operators: ${codes(binaryOperators.keys())}, ${codes(unaryOperators.keys())} before a value, ${codes(['&&', '||', '??', '? :', '?.', '...'])}.`;
}

function methodTable(): string {
  return table(
    ['of', 'methods'],
    [
      ['a text', codes(textMethods.keys())],
      ['a number', codes(numberMethods.keys())],
      ['a list', codes(listMethods.keys())],
    ],
  );
}

const GROUPS: Record<FunctionEntry['group'], string> = {
  text: 'Text',
  number: 'Numbers',
  list: 'Lists',
  object: 'Objects',
  date: 'Dates',
  encoding: 'JSON, URLs, encodings, hashes',
  random: 'Chance',
};

function functionTables(): string {
  const all = [...functions.values()];
  return Object.entries(GROUPS)
    .map(([group, title]) => {
      const rows = all.filter((entry) => entry.group === group);
      const cells = rows.map(({ signature, summary }) => [code(signature), summary]);
      return `### ${title}\n\n${table(['function', 'gives'], cells)}`;
    })
    .join('\n\n');
}

const NEEDS: Record<CapabilityName, string> = {
  http: 'HTTP through the [egress](egress.md)',
  code: 'the [sandbox](sandbox.md)',
  knowledge: 'the search of knowledge bases',
  files: 'the project’s files',
  store: 'the project’s key-value store',
  sql: 'databases through the [egress](egress.md)',
  mcp: 'remote MCP servers through the [egress](egress.md)',
  workflows: 'other workflows of the project',
  parse: 'the parsers',
  schemas: 'JSON Schema validation',
  progress: 'progress messages',
  log: 'the run’s log',
};

function kindSection(kind: NodeKind): string {
  const { type, title, summary, needs } = kind;
  const schema = z.toJSONSchema(kind.config, { io: 'input' }) as JsonSchema;
  const handles = kind.handles(kind.config.parse(kind.initial)).map(({ id }) => id);
  return [
    `## ${title}`,
    '',
    `${code(type)}: ${summary}`,
    '',
    table(['field', 'value', 'default', 'meaning'], fieldRows(schema, '')),
    '',
    `Handles: ${handles.length > 0 ? codes(handles) : 'none, the run ends here'}. Uses: ${needs.map((need) => NEEDS[need]).join(', ') || 'nothing outside the run'}.`,
  ].join('\n');
}

/** A row for each field of an object, and for those inside it. `under` is the path they begin with: `body.`. */
function fieldRows(schema: JsonSchema, under: string): string[][] {
  const required = schema['required'] as string[] | undefined;
  return Object.entries(schema['properties'] as Record<string, JsonSchema>).flatMap(([name, field]) => {
    const path = `${under}${name}`;
    // The constant by which alternatives differ has its row where they begin.
    if ('const' in field) return [];
    const given = field['default'];
    const fallback = required?.includes(name)
      ? 'required'
      : isPlain(given)
        ? code(JSON.stringify(given))
        : '';
    const row = [code(path), valueWords(field), fallback, meaning(field)];
    return [row, ...innerRows(field, path)];
  });
}

function innerRows(field: JsonSchema, path: string): string[][] {
  const inner = field['type'] === 'array' ? (field['items'] as JsonSchema) : field;
  const at = field['type'] === 'array' ? `${path}[]` : path;
  const tagged = alternatives(inner, 'oneOf');
  if (tagged.length > 0) {
    const names = tagged.map(tagOf);
    const tags = [code(`${at}.type`), names.map((name) => code(`"${name}"`)).join(' '), 'required', ''];
    return [tags, ...taggedRows(tagged, `${at}.`)];
  }
  const objects = [inner, ...alternatives(inner, 'anyOf')].filter((schema) => schema['properties']);
  return objects.flatMap((schema) => fieldRows(schema, `${at}.`));
}

/** The fields of all alternatives; one that several share has one row, which names them. */
function taggedRows(tagged: JsonSchema[], path: string): string[][] {
  const rows = tagged.flatMap((schema) =>
    fieldRows(schema, path).map((row) => ({ row, tag: tagOf(schema) })),
  );
  const shared = Map.groupBy(rows, ({ row }) => JSON.stringify(row));
  return [...shared.values()].map((same) => {
    const words = `Of ${same.map(({ tag }) => code(tag)).join(', ')}. `;
    return same[0]!.row.with(-1, `${words}${same[0]!.row.at(-1)}`);
  });
}

function alternatives(schema: JsonSchema, word: 'oneOf' | 'anyOf'): JsonSchema[] {
  return (schema[word] ?? []) as JsonSchema[];
}

function tagOf(schema: JsonSchema): string {
  return (schema['properties'] as { type: { const: string } }).type.const;
}

function isPlain(value: JsonValue | undefined): boolean {
  return value !== undefined && (typeof value !== 'object' || value === null || Array.isArray(value));
}

function valueWords(field: JsonSchema): string {
  const words = plainWords(field);
  return field['template'] === true ? `${words}, with expressions` : words;
}

function plainWords(field: JsonSchema): string {
  const { type, minimum, maximum, widget } = field;
  if (Array.isArray(field['enum']))
    return field['enum'].map((value) => code(JSON.stringify(value))).join(' ');
  if (widget === 'schema') return 'JSON Schema';
  if (widget === 'json') return 'JSON';
  if (widget === 'key-value') return 'texts by name';
  if (widget === 'connection') return 'a connection';
  if (widget === 'knowledge-base') return 'a knowledge base';
  if (type === 'integer') return `whole number, ${grouped(minimum)} to ${grouped(maximum)}`;
  if (type === 'boolean') return 'true or false';
  if (type === 'array') return `list, at most ${field['maxItems']}`;
  if (alternatives(field, 'oneOf').length > 0) return 'one of these';
  const either = alternatives(field, 'anyOf');
  if (either.length > 0) {
    const known = either.map((schema) => (schema['type'] === 'null' ? 'null' : plainWords(schema)));
    return [...new Set(known)].join(' or ');
  }
  if (type === 'string')
    return field['maxLength'] ? `text, at most ${grouped(field['maxLength'])} characters` : 'text';
  return type === 'number' ? 'number' : 'object';
}

function meaning({ title, description, labels }: JsonSchema): string {
  const words = [`*${title}*.`, description ? ` ${description}` : ''];
  if (labels) {
    const known = Object.entries(labels as Record<string, string>);
    words.push(` ${known.map(([value, label]) => `${code(value)} ${label}`).join(', ')}.`);
  }
  return words.join('');
}

type Unit = 'ms' | 'bytes' | 'MB' | 'seconds' | 'characters' | '';
type Words<Limits> = Record<keyof Limits, [meaning: string, unit: Unit]>;

const EGRESS_WORDS: Words<EgressLimits> = {
  connectMs: ['accepting a connection', 'ms'],
  headersMs: ['until the headers of the answer are complete', 'ms'],
  idleMs: ['between two pieces of the answer', 'ms'],
  totalMs: ['the whole exchange, redirects included, when the step does not say', 'ms'],
  longestMs: ['the most a step can say', 'ms'],
  headerBytes: ['headers of the answer', 'bytes'],
  requestBytes: ['body of the request', 'bytes'],
  bodyBytes: ['body of the answer, inflated, when the step does not say', 'bytes'],
  largestBytes: ['the most a step can say', 'bytes'],
  redirects: ['redirects followed', ''],
  socketsPerHost: ['connections to one origin', ''],
};

const SANDBOX_WORDS: Words<SandboxLimits> = {
  isolateMb: ['V8 heap of an isolate', 'MB'],
  processMb: ['resident memory of a process; above it is killed', 'MB'],
  cpuMs: ['processor time of a run; waiting uses none', 'ms'],
  graceMs: ['after the run’s time, until its process is killed', 'ms'],
  stuckMs: ['code may outlive its own time-out, before the process is killed', 'ms'],
  activeRuns: ['runs in a process that are not waiting for an answer', ''],
  openRuns: ['runs in a process', ''],
  queuedRuns: ['runs of a project that may wait for a place', ''],
  queueMs: ['waiting for a place', 'ms'],
  runsPerProcess: ['runs, then the process is replaced', ''],
  processCpuSeconds: ['processor time of a process (kernel limit); replaced at half of it', 'seconds'],
  idleMs: ['without a run, then the process ends', 'ms'],
  startMs: ['a process may take to start', 'ms'],
  hostCalls: ['requests and sleeps of a run', ''],
  requestCharacters: ['a request, as JSON', 'characters'],
  answerBytes: ['body of an answer', 'bytes'],
  resultCharacters: ['the returned value, as JSON', 'characters'],
  inputCharacters: ['arguments, steps and environment, as JSON', 'characters'],
  sourceCharacters: ['the code', 'characters'],
  logLines: ['lines of log', ''],
  logCharacters: ['the log of a run', 'characters'],
  logLineCharacters: ['a line of log', 'characters'],
};

function limitTable<Limits extends object>(words: Words<Limits>, limits: Limits): string {
  const rows = (Object.keys(words) as (keyof Limits)[]).map((name) => {
    const [meaning, unit] = words[name];
    return [meaning, amount(limits[name] as number, unit)];
  });
  return table(['what', 'limit'], rows);
}

/** `30 s`, `5 MiB`, `20,000`: the largest unit that leaves a whole number. */
function amount(value: number, unit: Unit): string {
  if (unit === 'seconds') return `${value} s`;
  if (unit === 'ms') {
    if (value % 60_000 === 0) return `${value / 60_000} min`;
    return value % 1000 === 0 ? `${value / 1000} s` : `${value} ms`;
  }
  if (unit === 'bytes' && value % 1024 === 0) {
    const kib = value / 1024;
    return kib % 1024 === 0 ? `${kib / 1024} MiB` : `${kib} KiB`;
  }
  return `${grouped(value)} ${unit}`.trim();
}

function grouped(value: JsonValue | undefined): string {
  return Number(value).toLocaleString('en');
}

if (import.meta.main) {
  const stale = renewedPages().filter(({ current, renewed }) => current !== renewed);
  const write = process.argv.includes('--write');
  for (const { page, renewed } of stale) {
    if (write) writeFileSync(join(docs, page), renewed);
    console.log(write ? `Wrote docs/${page}.` : `docs/${page} is out of date: node scripts/docs.ts --write`);
  }
  if (stale.length > 0 && !write) process.exitCode = 1;
}
