import type { Contender } from './contender.ts';
import { load, type Measured, type Task } from './load.ts';
import { cpuUs, processTree } from './processes.ts';
import type { Speech } from './speech.ts';
import { callsOf, listsOf, WORKLOADS, type WorkloadName } from './workloads.ts';

/** Something that contenders do in turns, and what of it is put side by side. */
export interface Section {
  name: string;
  /** Names of those that take part, in the order of their turns. */
  contenders: readonly string[];
  /** The task for each of them; answers are remembered in it. */
  task(): Task;
  /** The most that the time or the CPU per call may be, in parts of the SDK server's; undefined where none was set. */
  most?: { p50?: number; cpu?: number; perSecond?: number };
}

const PAR = { perSecond: 1, cpu: 1 };

export const SECTIONS: readonly Section[] = [
  { name: 'echo', contenders: ['Patchbay', 'SDK', 'bare'], task: calls('echo', '2026-07-28'), most: PAR },
  { name: 'echo-2025', contenders: ['Patchbay', 'SDK'], task: calls('echo', '2025'), most: PAR },
  {
    name: 'echo-session',
    contenders: ['Patchbay', 'SDK', 'SDK 1'],
    task: calls('echo', '2025 session'),
    most: PAR,
  },
  { name: 'js', contenders: ['Patchbay', 'SDK'], task: calls('js', '2026-07-28') },
  { name: 'http', contenders: ['Patchbay', 'SDK'], task: calls('http', '2026-07-28') },
  { name: 'list', contenders: ['Patchbay', 'SDK'], task: () => listsOf('2026-07-28'), most: { p50: 1.5 } },
];

function calls(name: WorkloadName, speech: Speech): () => Task {
  const workload = WORKLOADS.find((one) => one.name === name)!;
  return () => callsOf(workload, speech);
}

/** What one contender did in one section with that many callers. */
export interface Row {
  section: string;
  concurrency: number;
  contender: string;
  perSecond: number;
  /** ms */
  p50: number;
  p99: number;
  /** Of the server's processes, per call. */
  cpuUs: number;
  failures: number;
}

export interface Effort {
  seconds: number;
  rounds: number;
}

/** The contenders take turns; of each its median round counts. */
export async function measure(
  section: Section,
  contenders: readonly Contender[],
  { concurrency, seconds, rounds }: Effort & { concurrency: number },
): Promise<Row[]> {
  const tasks = new Map(contenders.map(({ name }) => [name, section.task()]));
  const done = new Map<string, Row[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const contender of contenders) {
      const pids = processTree(contender.pid);
      const before = cpuUs(pids);
      const measured = await load(contender, tasks.get(contender.name)!, { concurrency, seconds });
      const used = cpuUs(processTree(contender.pid)) - before;
      if (measured.firstFailure) console.log(`  ${contender.name}: ${measured.firstFailure}`);
      done.get(contender.name)!.push(rowOf(section.name, contender.name, { concurrency, measured, used }));
    }
  }
  return [...done.values()].map((rows) => {
    const median = rows.toSorted((a, b) => a.perSecond - b.perSecond)[Math.floor(rows.length / 2)]!;
    return { ...median, failures: rows.reduce((sum, { failures }) => sum + failures, 0) };
  });
}

function rowOf(
  section: string,
  contender: string,
  { concurrency, measured, used }: { concurrency: number; measured: Measured; used: number },
): Row {
  const { calls: made, failures, seconds, latencies } = measured;
  return {
    section,
    concurrency,
    contender,
    perSecond: (made - failures) / seconds,
    p50: latencies[Math.floor(made * 0.5)] ?? Number.NaN,
    p99: latencies[Math.floor(made * 0.99)] ?? Number.NaN,
    cpuUs: used / made,
    failures,
  };
}

/** The targets that Patchbay missed, in words. */
export function missed({ name, most }: Section, rows: readonly Row[]): string[] {
  const [ours, sdk] = ['Patchbay', 'SDK'].map((contender) => rows.find((row) => row.contender === contender));
  if (!most || !ours || !sdk) return [];
  const said: string[] = [];
  const where = `${name}, ${ours.concurrency} callers`;
  if (most.perSecond !== undefined && ours.perSecond < sdk.perSecond * most.perSecond) {
    said.push(`${where}: fewer calls/s than the SDK server`);
  }
  if (most.cpu !== undefined && ours.cpuUs > sdk.cpuUs * most.cpu) {
    said.push(`${where}: more CPU per call than the SDK server`);
  }
  if (most.p50 !== undefined && ours.p50 > sdk.p50 * most.p50) {
    said.push(`${where}: more than ${most.p50} × the SDK server's time`);
  }
  return said;
}

/** One line for each row, under one heading. */
export function table(rows: readonly Row[], headed: boolean): string {
  const sdk = rows.find(({ contender }) => contender === 'SDK');
  const of = (value: number, other: number | undefined) => (other ? (value / other).toFixed(2) : '');
  const lines = rows.map((row) =>
    [
      row.section.padEnd(12),
      String(row.concurrency).padStart(7),
      ` ${row.contender.padEnd(9)}`,
      Math.round(row.perSecond).toString().padStart(8),
      of(row.perSecond, sdk?.perSecond).padStart(7),
      row.p50.toFixed(2).padStart(8),
      row.p99.toFixed(2).padStart(8),
      Math.round(row.cpuUs).toString().padStart(12),
      of(row.cpuUs, sdk?.cpuUs).padStart(7),
      String(row.failures).padStart(7),
    ].join(' '),
  );
  const head =
    'what         callers  server     calls/s  of SDK   p50 ms   p99 ms  CPU µs/call  of SDK  failed';
  return [...(headed ? [] : [head]), ...lines].join('\n');
}
