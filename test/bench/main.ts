import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startPostgres } from '#test/support/postgres.ts';
import { benchCanvas, CANVAS_MOST, type CanvasFigures } from './canvas.ts';
import { type Contender, startContender } from './contender.ts';
import { benchEngine } from './engine.ts';
import { type IdleStreams, MOST, measureStreams } from './idle-streams.ts';
import { benchKnowledge, type KnowledgeFigures } from './knowledge/bench-knowledge.ts';
import { askOnce, load } from './load.ts';
import { memoryMb, processTree } from './processes.ts';
import { type Effort, measure, missed, type Row, SECTIONS, table } from './sections.ts';
import { type Seeded, seed, seedMany } from './seed.ts';
import { recordOf } from './workloads.ts';

/**
 * npm run bench: the engine by itself, then our server, servers written by hand with the official SDK, and bare
 * node:http, turn by turn in one run. Figures of one machine do not travel; the ratios do.
 */
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string' },
    concurrency: { type: 'string', default: '1,16,128' },
    streams: { type: 'string', default: '5000' },
    passages: { type: 'string', default: '100000' },
    database: { type: 'string', default: 'sqlite' },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

/** Sections that ask no server as a client does. */
const ALONE = ['engine', 'canvas', 'knowledge'];

const NAMES = [...ALONE, ...SECTIONS.map(({ name }) => name), 'streams'];

const HELP = `npm run bench -- [${NAMES.join(' ')}] [--only ${NAMES.join(',')}]
  [--concurrency 1,16,128] [--seconds 2] [--rounds 3] [--streams 5000] [--passages 100000]
  [--database sqlite|postgres] [--json <file>]

Asks servers as fast as the given number of callers can, and checks every answer; docs/benchmarks.md says what.
Exits with 1 when an answer was wrong or missing, or a target was missed.`;

/** Keys that the idle streams are spread over: as many as there may be streams of one caller. */
const STREAMS_PER_KEY = 100;

/** What `--json` writes. */
interface Report {
  node: string;
  cores: string;
  database: string;
  /** Of the machine, before and after: others' work makes figures worse. */
  loadBefore: number;
  loadAfter: number;
  start?: { firstAnswerMs: number; idleMb: number };
  rows: Row[];
  streams?: IdleStreams;
  canvas?: CanvasFigures;
  knowledge?: KnowledgeFigures;
  missed: string[];
}

async function main(): Promise<number> {
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  const named = [...(options.only?.split(',') ?? []), ...positionals];
  const names = named.length > 0 ? named : NAMES;
  const unknown = names.filter((name) => !NAMES.includes(name));
  if (unknown.length > 0)
    throw new Error(`There is no ${unknown.join(', ')}. There are ${NAMES.join(', ')}.`);
  const report: Report = {
    node: process.version,
    cores: `${cpus().length} × ${cpus()[0]?.model.trim()}`,
    database: options.database,
    loadBefore: loadavg()[0]!,
    loadAfter: 0,
    rows: [],
    missed: [],
  };
  console.log(`Node ${report.node}, ${report.cores}, ${report.database}\n`);
  if (names.includes('engine') && !(await benchEngine())) report.missed.push('engine');
  if (names.includes('canvas')) await reportCanvas(report);
  if (names.includes('knowledge')) {
    const { missed: misses, ...figures } = await benchKnowledge(Number(options.passages));
    report.knowledge = figures;
    report.missed.push(...misses);
  }
  if (names.some((name) => !ALONE.includes(name))) await benchServers(names, report);
  report.loadAfter = loadavg()[0]!;
  for (const what of report.missed) console.log(`missed: ${what}`);
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
  const failures = report.rows.reduce((sum, row) => sum + row.failures, report.streams?.failures ?? 0);
  return failures === 0 && report.missed.length === 0 ? 0 : 1;
}

async function benchServers(names: readonly string[], report: Report): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-bench-'));
  const postgres = options.database === 'postgres' ? await startPostgres() : null;
  const upstream = await startUpstream();
  const upstreamUrl = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  const env: Record<string, string> = {
    DATA_DIR: folder,
    ...(postgres && { DATABASE_URL: postgres.url, ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64') }),
  };
  const contenders: Contender[] = [];
  try {
    const streams = names.includes('streams') ? Number(options.streams) : 0;
    const project = await seed(env, { upstreamUrl, keys: Math.max(1, Math.ceil(streams / STREAMS_PER_KEY)) });
    const many = names.includes('list') ? await seedMany(env) : null;
    const ours = await startOurs(env, project);
    contenders.push(ours);
    report.start = await reportStart(ours);
    contenders.push(await startContender('SDK', [file('sdk-server.ts'), upstreamUrl]));
    contenders.push(await startContender('SDK 1', [file('sdk1-server.ts')]));
    contenders.push(await startContender('bare', [file('bare-server.ts')]));
    await benchSections(names, report, { contenders, many });
    if (streams > 0) {
      // A process of its own: one that has worked before has memory to spare.
      const fresh = await startOurs(env, project);
      contenders.push(fresh);
      await benchStreams(report, { ours: fresh, keys: project.keys, streams });
    }
  } finally {
    for (const contender of contenders) await contender.stop();
    upstream.close();
    upstream.closeAllConnections();
    await postgres?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function benchSections(
  names: readonly string[],
  report: Report,
  { contenders, many }: { contenders: readonly Contender[]; many: Seeded | null },
): Promise<void> {
  const effort: Effort = { seconds: Number(options.seconds), rounds: Number(options.rounds) };
  for (const section of SECTIONS.filter(({ name }) => names.includes(name))) {
    const taking = contenders
      .filter(({ name }) => section.contenders.includes(name))
      .map((contender) => placeOf(contender, section.name, many));
    for (const contender of taking) await load(contender, section.task(), { concurrency: 16, seconds: 1 });
    for (const concurrency of options.concurrency.split(',').map(Number)) {
      const rows = await measure(section, taking, { ...effort, concurrency });
      console.log(table(rows, report.rows.length > 0));
      report.rows.push(...rows);
      report.missed.push(...missed(section, rows));
    }
  }
}

/** Where a contender serves a section. */
function placeOf(contender: Contender, section: string, many: Seeded | null): Contender {
  const at = (path: string) => new URL(path, contender.url).href;
  if (section === 'echo-session' && contender.name === 'SDK') return { ...contender, url: at('/session') };
  if (section !== 'list' || !many) return contender;
  if (contender.name === 'SDK') return { ...contender, url: at('/many') };
  return { ...contender, url: at(`/mcp/${many.slug}`), headers: { Authorization: `Bearer ${many.keys[0]}` } };
}

/** A large graph in the browser. */
async function reportCanvas(report: Report): Promise<void> {
  const { steps, firstLoadKb, allKb, frames, interactions } = await benchCanvas();
  report.canvas = { steps, firstLoadKb, allKb, frames, interactions };
  const line = (what: string, figure: string, most = ''): void =>
    console.log(`${what.padEnd(30)} ${figure.padStart(10)}   ${most}`);
  console.log(`The canvas with ${steps} steps`);
  line('first load of JavaScript', `${firstLoadKb.toFixed(0)} KB`, `≤ ${CANVAS_MOST.firstLoadKb}`);
  line('with what edits the graph', `${allKb.toFixed(0)} KB`);
  line('frames while panning', `${frames.perSecond.toFixed(0)} /s`);
  line('between frames, median', `${frames.median.toFixed(1)} ms`, `≤ ${CANVAS_MOST.frameMs.toFixed(1)}`);
  line('between frames, p95', `${frames.p95.toFixed(1)} ms`);
  for (const [what, ms] of Object.entries(interactions)) {
    line(`${what}, to paint`, `${ms} ms`, `≤ ${CANVAS_MOST.interactionMs}`);
    if (ms > CANVAS_MOST.interactionMs) report.missed.push(`canvas: ${what} took ${ms} ms`);
  }
  console.log('');
  if (firstLoadKb > CANVAS_MOST.firstLoadKb) report.missed.push('canvas: first load');
  // A screen draws at its own pace: a little over is rounding.
  if (frames.median > CANVAS_MOST.frameMs + 1) report.missed.push('canvas: less than 60 frames a second');
}

async function benchStreams(
  report: Report,
  { ours, keys, streams }: { ours: Contender; keys: readonly string[]; streams: number },
): Promise<void> {
  const seconds = Number(options.seconds) * Number(options.rounds);
  const measured = await measureStreams(ours, keys, { streams, seconds });
  report.streams = measured;
  const { kbEach, p99Without, p99With } = measured;
  console.log(`\n${streams} idle listen streams`);
  console.log(`memory of each                 ${kbEach.toFixed(1)} KB   ≤ ${MOST.kbEach}`);
  console.log(`p99 of 16 callers without      ${p99Without.toFixed(2)} ms`);
  console.log(`p99 of 16 callers beside them  ${p99With.toFixed(2)} ms   ≤ ${MOST.p99} ×`);
  if (kbEach > MOST.kbEach) report.missed.push(`streams: more than ${MOST.kbEach} KB each`);
  if (p99With > MOST.p99 * p99Without) report.missed.push(`streams: p99 of calls more than ${MOST.p99} ×`);
}

function startOurs(env: Record<string, string>, { keys, slug }: Seeded): Promise<Contender> {
  return startContender('Patchbay', [join(import.meta.dirname, '../../workers/server.ts')], {
    env: { ...env, PORT: '0', ROLE: 'runtime', LOG_LEVEL: 'warn', EGRESS_ALLOW: '127.0.0.1' },
    headers: { Authorization: `Bearer ${keys[0]}` },
    path: `/mcp/${slug}`,
  });
}

/** From nothing to the first answer, and what the process holds when nobody calls. */
async function reportStart(ours: Contender): Promise<NonNullable<Report['start']>> {
  const began = performance.now();
  await askOnce(ours, SECTIONS[0]!.task());
  const firstAnswerMs = ours.startedMs + performance.now() - began;
  await new Promise((resolve) => setTimeout(resolve, 2000));
  const pids = processTree(ours.pid);
  const idleMb = memoryMb(pids);
  console.log(`start to first answered call   ${Math.round(firstAnswerMs)} ms`);
  console.log(`idle memory, ${pids.length} process(es)      ${Math.round(idleMb)} MB\n`);
  return { firstAnswerMs, idleMb };
}

/** The service that the `http` tool asks. It runs here, so that its cost is nobody's. */
function startUpstream(): Promise<Server> {
  const server = createServer((request, response) => {
    const body = JSON.stringify(recordOf(Number(request.url?.slice(1))));
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    });
    response.end(body);
  });
  server.keepAliveTimeout = 60_000;
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

function file(name: string): string {
  return join(import.meta.dirname, name);
}

process.exitCode = await main();
