import type { Contender } from './contender.ts';
import { type Answer, Line } from './line.ts';
import { Speaker, type Speech, type Utterance } from './speech.ts';

/** Something to ask a server over and over. */
export interface Task {
  speech: Speech;
  /** What the n-th request says. */
  say(n: number): Utterance;
  /** What is wrong with its answer; null when it is the right one. */
  fault(n: number, answer: Answer): string | null;
}

export interface Measured {
  calls: number;
  failures: number;
  /** The first failure, in words. */
  firstFailure: string | null;
  seconds: number;
  /** ms of each call, sorted. */
  latencies: Float64Array;
}

let counter = 0;

/**
 * Asks for some seconds over `concurrency` sockets that stay open, each with one request at a time. Every answer is
 * compared with what it must be.
 */
export async function load(
  contender: Contender,
  task: Task,
  { concurrency, seconds }: { concurrency: number; seconds: number },
): Promise<Measured> {
  const latencies: number[] = [];
  const failures: string[] = [];
  const speakers = await Promise.all(Array.from({ length: concurrency }, () => begin(contender, task)));
  const began = performance.now();
  const until = began + seconds * 1000;
  const loop = async (speaker: Speaker) => {
    while (performance.now() < until) {
      const n = counter++;
      const at = performance.now();
      const failure = await ask(speaker, task, n).catch((error: Error) => error.message);
      latencies.push(performance.now() - at);
      if (failure === null) continue;
      failures.push(failure);
      if (speaker.line.broken) break;
    }
    speaker.line.close();
  };
  await Promise.all(speakers.map(loop));
  return {
    calls: latencies.length,
    failures: failures.length,
    firstFailure: failures[0] ?? null,
    seconds: (performance.now() - began) / 1000,
    latencies: Float64Array.from(latencies).sort(),
  };
}

/** One request on a new connection; throws when the answer is not the right one. */
export async function askOnce(contender: Contender, task: Task): Promise<void> {
  const speaker = await begin(contender, task);
  try {
    const failure = await ask(speaker, task, counter++);
    if (failure !== null) throw new Error(`${contender.name}: ${failure}`);
  } finally {
    speaker.line.close();
  }
}

async function begin(contender: Contender, { speech }: Task): Promise<Speaker> {
  return Speaker.begin(await Line.open(contender.url), contender, speech);
}

async function ask(speaker: Speaker, task: Task, n: number): Promise<string | null> {
  const answer = await speaker.line.post(...speaker.say(task.say(n)));
  if (answer.status !== 200) return `HTTP ${answer.status}: ${answer.text.slice(0, 300)}`;
  const fault = task.fault(n, answer);
  return fault === null ? null : `request ${n}: ${fault}: ${answer.text.slice(0, 300)}`;
}
