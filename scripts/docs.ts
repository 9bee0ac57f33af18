/**
 * The parts of docs/ that are read off the source: `node scripts/docs.ts --write` renews them. Each stands between
 * `<!-- generated: name -->` and `<!-- /generated -->`; whatever is outside is written by hand and left alone.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type EgressLimits, LIMITS as egressLimits } from '#lib/egress/fetch.ts';
import { kinds } from '#lib/nodes/index.ts';
import { defaultLimits, type SandboxLimits } from '#lib/sandbox/limits.ts';
import { binaryOperators, unaryOperators } from '#lib/workflow/expression-operators.ts';
import type { FunctionEntry } from '#lib/workflow/function-entry.ts';
import { functions } from '#lib/workflow/functions.ts';
import { listMethods } from '#lib/workflow/list-methods.ts';
import { numberMethods, textMethods } from '#lib/workflow/text-methods.ts';
import { kindIndex, kindPage } from './kind-page.ts';
import { code, codes, grouped, table } from './schema-words.ts';

const docs = join(import.meta.dirname, '../docs');

/** What can be generated, by the name in the marker. */
const parts: ReadonlyMap<string, () => string> = new Map([
  ['operators', operatorList],
  ['methods', methodTable],
  ['functions', functionTables],
  ['egress limits', () => limitTable(EGRESS_WORDS, egressLimits)],
  ['sandbox limits', () => limitTable(SANDBOX_WORDS, defaultLimits)],
  ['kinds', () => kindIndex([...kinds.values()])],
  ...[...kinds.values()].map((kind) => [`kind ${kind.type}`, () => kindPage(kind)] as const),
]);

const MARKED = /(<!-- generated: (.+?) -->\n)[\s\S]*?(<!-- \/generated -->)/g;

/** Pages with generated parts, as they are and as they should be. Throws Error when a part has no place or no source. */
export function renewedPages(): { page: string; current: string; renewed: string }[] {
  const places: string[] = [];
  const pages = pageNames().map((page) => {
    const path = join(docs, page);
    const current = existsSync(path) ? readFileSync(path, 'utf8') : '';
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
  return pages.filter(({ renewed }) => renewed.includes('<!-- generated: '));
}

/** All there are, and one for each kind: a new kind gets its page by itself, and notes may be added behind. */
function pageNames(): string[] {
  const there = [docs, join(docs, 'nodes')].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.md'))
      .map((name) => relative(docs, join(folder, name))),
  );
  return [...new Set([...there, ...[...kinds.keys()].map((type) => `nodes/${type}.md`)])];
}

function withPlaces(page: string, text: string): string {
  const [, type] = /^nodes\/([\w-]+)\.md$/.exec(page) ?? [];
  if (type === undefined || !kinds.has(type) || text.includes(`<!-- generated: kind ${type} -->`))
    return text;
  return `<!-- generated: kind ${type} -->\n<!-- /generated -->\n${text}`;
}

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

if (import.meta.main) {
  const stale = renewedPages().filter(({ current, renewed }) => current !== renewed);
  const write = process.argv.includes('--write');
  for (const { page, renewed } of stale) {
    if (write) writeFileSync(join(docs, page), renewed);
    console.log(write ? `Wrote docs/${page}.` : `docs/${page} is out of date: node scripts/docs.ts --write`);
  }
  if (stale.length > 0 && !write) process.exitCode = 1;
}
