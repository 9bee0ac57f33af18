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

/** Opens streams that nothing is told on, spread over keys, and calls a tool beside them. */
export async function measureStreams(
  contender: Contender,
  keys: readonly string[],
  { streams, seconds }: { streams: number; seconds: number },
): Promise<IdleStreams> {
  const echo = callsOf(WORKLOADS[0]!, '2026-07-28');
  const calls = () => load(contender, echo, { concurrency: 16, seconds });
  await calls();
  const without = await calls();
  await sleep(SETTLE_MS);
  const before = memoryMb(processTree(contender.pid));
  const lines: Line[] = [];
  try {
    while (lines.length < streams) {
      const some = Math.min(AT_ONCE, streams - lines.length);
      const first = lines.length;
      lines.push(
        ...(await Promise.all(
          Array.from({ length: some }, (_, n) =>
            open(contender, keys[(first + n) % keys.length]!, first + n),
          ),
        )),
      );
    }
    await sleep(SETTLE_MS);
    const after = memoryMb(processTree(contender.pid));
    const beside = await calls();
    return {
      streams,
      kbEach: ((after - before) * 1024) / streams,
      p99Without: p99(without.latencies),
      p99With: p99(beside.latencies),
      failures: without.failures + beside.failures,
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

function p99(latencies: Float64Array): number {
  return latencies[Math.floor(latencies.length * 0.99)] ?? Number.NaN;
}
