import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Contender, startContender } from './contender.ts';
import { benchEngine } from './engine.ts';
import { callOnce, load, type Measured } from './load.ts';
import { cpuUs, memoryMb, processTree } from './processes.ts';
import { type Seeded, seed } from './seed.ts';
import { recordOf, WORKLOADS, type Workload } from './workloads.ts';

/**
 * npm run bench: the engine by itself, then our server, a server written by hand with the official SDK, and bare node:http, turn by turn in one
 * run. Figures of one machine do not travel; the ratios do.
 */
const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string' },
    concurrency: { type: 'string', default: '1,16,128' },
    help: { type: 'boolean', default: false },
  },
});

const HELP = `npm run bench -- [--only engine,echo,js,http] [--concurrency 1,16,128] [--seconds 2] [--rounds 3]

Calls each tool as fast as the given number of callers can, and checks every answer.
\`engine\` measures compiling and running alone, without a server.
Exits with 1 when an answer was wrong or missing, or the engine misses a target.`;

interface Row {
  workload: string;
  concurrency: number;
  contender: string;
  perSecond: number;
  p50: number;
  p99: number;
  cpuUs: number;
  failures: number;
}

async function main(): Promise<number> {
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  const seconds = Number(options.seconds);
  const rounds = Number(options.rounds);
  const levels = options.concurrency.split(',').map(Number);
  const names = options.only?.split(',');
  const workloads = WORKLOADS.filter(({ name }) => names?.includes(name) ?? true);

  console.log(`Node ${process.version}, ${cpus().length} cores: ${cpus()[0]?.model.trim()}\n`);
  const engineHolds = names && !names.includes('engine') ? true : await benchEngine();
  if (workloads.length === 0) return engineHolds ? 0 : 1;
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-bench-'));
  const upstream = await startUpstream();
  const upstreamUrl = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  const contenders: Contender[] = [];
  try {
    const seeded = await seed(folder, upstreamUrl);
    const ours = await startOurs(folder, seeded);
    contenders.push(ours);
    await reportStart(ours);
    contenders.push(await startContender('SDK', [file('sdk-server.ts'), upstreamUrl]));
    contenders.push(await startContender('bare', [file('bare-server.ts')]));

    const rows: Row[] = [];
    for (const workload of workloads) {
      const taking = contenders.filter(({ name }) => name !== 'bare' || workload.name === 'echo');
      for (const contender of taking) await load(contender, workload, { concurrency: 16, seconds: 1 });
      for (const concurrency of levels) {
        const done = await measure(taking, workload, { concurrency, seconds, rounds });
        rows.push(...done);
        printRows(done);
      }
    }
    return engineHolds && rows.every(({ failures }) => failures === 0) ? 0 : 1;
  } finally {
    for (const contender of contenders) await contender.stop();
    upstream.close();
    upstream.closeAllConnections();
    rmSync(folder, { recursive: true, force: true });
  }
}

function startOurs(folder: string, { key, slug }: Seeded): Promise<Contender> {
  return startContender('Patchbay', [join(import.meta.dirname, '../../workers/server.ts')], {
    env: {
      PORT: '0',
      DATA_DIR: folder,
      ROLE: 'runtime',
      LOG_LEVEL: 'warn',
      EGRESS_ALLOW: '127.0.0.1',
    },
    headers: { Authorization: `Bearer ${key}` },
    path: `/mcp/${slug}`,
  });
}

/** From nothing to the first answer, and what the process holds when nobody calls. */
async function reportStart(ours: Contender): Promise<void> {
  const began = performance.now();
  await callOnce(ours, WORKLOADS[0]!);
  const first = ours.startedMs + performance.now() - began;
  await new Promise((resolve) => setTimeout(resolve, 2000));
  const pids = processTree(ours.pid);
  console.log(`start to first answered call   ${Math.round(first)} ms`);
  console.log(`idle memory, ${pids.length} process(es)      ${Math.round(memoryMb(pids))} MB\n`);
}

/** The contenders take turns; of each its median round counts. */
async function measure(
  contenders: Contender[],
  workload: Workload,
  { concurrency, seconds, rounds }: { concurrency: number; seconds: number; rounds: number },
): Promise<Row[]> {
  const done = new Map<string, Row[]>();
  for (let round = 0; round < rounds; round++) {
    for (const contender of contenders) {
      const before = cpuUs(processTree(contender.pid));
      const measured = await load(contender, workload, { concurrency, seconds });
      const used = cpuUs(processTree(contender.pid)) - before;
      if (measured.firstFailure) console.log(`  ${contender.name}: ${measured.firstFailure}`);
      const row = rowOf(contender, workload, concurrency, measured, used);
      done.set(contender.name, [...(done.get(contender.name) ?? []), row]);
    }
  }
  return [...done.values()].map((rows) => {
    const median = rows.toSorted((a, b) => a.perSecond - b.perSecond)[Math.floor(rows.length / 2)]!;
    return { ...median, failures: rows.reduce((sum, { failures }) => sum + failures, 0) };
  });
}

function rowOf(
  contender: Contender,
  workload: Workload,
  concurrency: number,
  { calls, failures, seconds, latencies }: Measured,
  used: number,
): Row {
  return {
    workload: workload.name,
    concurrency,
    contender: contender.name,
    perSecond: (calls - failures) / seconds,
    p50: latencies[Math.floor(calls * 0.5)] ?? Number.NaN,
    p99: latencies[Math.floor(calls * 0.99)] ?? Number.NaN,
    cpuUs: used / calls,
    failures,
  };
}

let headed = false;

function printRows(rows: Row[]): void {
  if (!headed)
    console.log('tool  callers  server      calls/s  of SDK   p50 ms   p99 ms  CPU µs/call  failed');
  headed = true;
  const sdk = rows.find(({ contender }) => contender === 'SDK');
  for (const row of rows) {
    console.log(
      [
        row.workload.padEnd(4),
        String(row.concurrency).padStart(8),
        ` ${row.contender.padEnd(10)}`,
        Math.round(row.perSecond).toString().padStart(8),
        (sdk ? (row.perSecond / sdk.perSecond).toFixed(2) : '').padStart(7),
        row.p50.toFixed(2).padStart(8),
        row.p99.toFixed(2).padStart(8),
        Math.round(row.cpuUs).toString().padStart(12),
        String(row.failures).padStart(7),
      ].join(' '),
    );
  }
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
