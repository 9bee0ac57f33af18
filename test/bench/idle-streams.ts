import { setTimeout as sleep } from 'node:timers/promises';
import type { Contender } from './contender.ts';
import { Line } from './line.ts';
import { load } from './load.ts';
import { memoryMb, processTree } from './processes.ts';
import { Speaker } from './speech.ts';
import { callsOf, WORKLOADS } from './workloads.ts';

export interface IdleStreams {
  streams: number;
  /** KB of the server for each stream. */
  kbEach: number;
  /** ms of `echo` with 16 callers, without and with the streams. */
  p99Without: number;
  p99With: number;
  failures: number;
}

/** What is asked of them. */
export const MOST = { kbEach: 30, p99: 2 };

/** Streams opened at once. */
const AT_ONCE = 50;
/** Until what opening took, and is not needed any more, has been collected, ms. */
const SETTLE_MS = 5000;

/**
 * Opens streams that nothing is told on, spread over keys, and calls a tool: before, beside them, and when they are
 * closed again, so that a machine that grows busier or calmer favours neither side.
 */
export async function measureStreams(
  contender: Contender,
  keys: readonly string[],
  { streams, seconds }: { streams: number; seconds: number },
): Promise<IdleStreams> {
  const echo = callsOf(WORKLOADS[0]!, '2026-07-28');
  const calls = (length: number) => load(contender, echo, { concurrency: 16, seconds: length });
  await calls(1);
  const first = await calls(seconds / 2);
  await sleep(SETTLE_MS);
  const before = memoryMb(processTree(contender.pid));
  const lines: Line[] = [];
  try {
    while (lines.length < streams) {
      const from = lines.length;
      const ids = Array.from({ length: Math.min(AT_ONCE, streams - from) }, (_, n) => from + n);
      lines.push(...(await Promise.all(ids.map((id) => open(contender, keys[id % keys.length]!, id)))));
    }
    await sleep(SETTLE_MS);
    const kbEach = ((memoryMb(processTree(contender.pid)) - before) * 1024) / streams;
    const beside = await calls(seconds);
    for (const line of lines) line.close();
    await sleep(SETTLE_MS);
    const last = await calls(seconds / 2);
    return {
      streams,
      kbEach,
      p99Without: p99([...first.latencies, ...last.latencies].sort((a, b) => a - b)),
      p99With: p99(beside.latencies),
      failures: first.failures + beside.failures + last.failures,
    };
  } finally {
    for (const line of lines) line.close();
  }
}

async function open(contender: Contender, key: string, id: number): Promise<Line> {
  const headers = { ...contender.headers, Authorization: `Bearer ${key}` };
  const speaker = await Speaker.begin(
    await Line.open(contender.url),
    { ...contender, headers },
    '2026-07-28',
  );
  const params = '"notifications":{"toolsListChanged":true}';
  const text = await speaker.line.listen(...speaker.say({ id, method: 'subscriptions/listen', params }));
  if (!text.includes('notifications/subscriptions/acknowledged')) {
    throw new Error(`Stream ${id} was answered ${text.slice(0, 300)}`);
  }
  return speaker.line;
}

/** Of latencies in their order. */
function p99(latencies: ArrayLike<number>): number {
  return latencies[Math.floor(latencies.length * 0.99)] ?? Number.NaN;
}
