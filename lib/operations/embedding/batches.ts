import { setTimeout as sleep } from 'node:timers/promises';
import { StepError } from '#lib/engine/errors.ts';

/** Servers of one's own often take no more texts at once than this (Text Embeddings Inference: 32). */
const TEXTS = 32;
/** About 15,000 tokens. */
const CHARACTERS = 60_000;
const AT_ONCE = 4;
/** Of one request that is tried again: ms in all, of which each pause is at most so much. */
const PATIENCE_MS = 120_000;
const LONGEST_PAUSE_MS = 30_000;
const FIRST_PAUSE_MS = 500;
/** A text that is too long for the model is cut in half so many times. */
const CUTS = 4;
const SHORTEST = 200;

type Ask = (texts: readonly string[], signal: AbortSignal) => Promise<Float32Array[]>;

/**
 * Asks for many texts: in portions, several at once, each tried again after a pause (that which the other side asks for)
 * when it may go better. What is too much for the other side is asked for in halves. Throws what `ask` throws in the end;
 * a request that was asked to wait longer than anybody waits throws at once.
 */
export async function inBatches(
  texts: readonly string[],
  ask: Ask,
  { signal, patienceMs = PATIENCE_MS }: { signal: AbortSignal; patienceMs?: number },
): Promise<Float32Array[]> {
  const portions = portionsOf(texts);
  const answers = new Array<Float32Array[]>(portions.length);
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  let next = 0;
  async function work(): Promise<void> {
    while (next < portions.length) {
      const place = next++;
      answers[place] = await halved(portions[place]!, CUTS);
    }
  }

  /** What is refused for its size is asked for in halves. */
  async function halved(some: readonly string[], cuts: number): Promise<Float32Array[]> {
    try {
      return await patiently(() => ask(some, either), either, patienceMs);
    } catch (error) {
      if (!isTooMuch(error)) throw error;
      if (some.length > 1) {
        const middle = Math.ceil(some.length / 2);
        return [...(await halved(some.slice(0, middle), cuts)), ...(await halved(some.slice(middle), cuts))];
      }
      const [text = ''] = some;
      if (cuts === 0 || text.length <= SHORTEST) throw error;
      return halved([text.slice(0, Math.ceil(text.length / 2))], cuts - 1);
    }
  }

  try {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, portions.length) }, work));
  } catch (error) {
    stop.abort();
    throw error;
  }
  return answers.flat();
}

function portionsOf(texts: readonly string[]): string[][] {
  const portions: string[][] = [];
  let characters = 0;
  for (const text of texts) {
    const last = portions.at(-1);
    if (last && last.length < TEXTS && characters + text.length <= CHARACTERS) {
      last.push(text);
      characters += text.length;
    } else {
      portions.push([text]);
      characters = text.length;
    }
  }
  return portions;
}

async function patiently<T>(work: () => Promise<T>, signal: AbortSignal, patienceMs: number): Promise<T> {
  let waited = 0;
  for (let tries = 0; ; tries++) {
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof StepError) || !error.transient) throw error;
      const asked = error.retryAfterMs ?? Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** tries);
      // Also where "at once" is asked for, so that nobody is asked in a loop.
      const pause = Math.max(asked, tries < 3 ? 0 : FIRST_PAUSE_MS);
      if (pause > LONGEST_PAUSE_MS || waited + pause > patienceMs || tries >= 20) throw error;
      await sleep(pause, undefined, { signal });
      waited += pause;
    }
  }
}

/** Whether a model refused what it was asked, most likely for its length. */
export function isTooMuch(error: unknown): boolean {
  if (!(error instanceof StepError) || error.code !== 'EMBEDDING_ERROR') return false;
  const { status } = error.details;
  return status === 400 || status === 413 || status === 422;
}
