import { Worker } from 'node:worker_threads';
import type { ApiAnswers, ApiTask } from './api-task.ts';

/** A description took longer, or more memory, than it may. The message is for whoever gave it. */
export class ApiReaderError extends Error {
  override name = 'ApiReaderError';
}

/** Characters of a description that is read where the server answers: some ten milliseconds. */
const SMALL = 100_000;
const THREADS = 2;
const MOST_WAITING = 20;
const TIMEOUT_MS = 60_000;
const MEMORY_MB = 1024;

export interface ApiReader {
  /** Throws ApiReaderError. */
  ask<Type extends ApiTask['type']>(task: ApiTask & { type: Type }): Promise<ApiAnswers[Type]>;
}

/**
 * Works on descriptions of APIs. Large ones are read in threads, so that a stranger's text costs the process neither
 * its event loop nor its memory; at most two at a time.
 */
export function createApiReader(): ApiReader {
  const waiting: (() => void)[] = [];
  let running = 0;

  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (running >= THREADS) {
      if (waiting.length >= MOST_WAITING)
        throw new ApiReaderError('Too many descriptions wait to be read. Try again in a minute.');
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
    running += 1;
    try {
      return await work();
    } finally {
      running -= 1;
      waiting.shift()?.();
    }
  }

  return {
    async ask<Type extends ApiTask['type']>(task: ApiTask & { type: Type }) {
      const earlier = 'earlier' in task ? (task.earlier?.api.text.length ?? 0) : 0;
      if (task.api.text.length + earlier <= SMALL) {
        // Loaded with the first description: a server of tools starts sooner and smaller without it.
        const { doApiTask } = await import('./api-task.ts');
        return doApiTask(task) as ApiAnswers[Type];
      }
      return JSON.parse(await inTurn(() => inThread(task))) as ApiAnswers[Type];
    },
  };
}

function inThread(task: ApiTask): Promise<string> {
  const worker = new Worker(new URL('./api-thread.ts', import.meta.url), {
    // No variables of ours, no flags of ours: it reads a stranger's text.
    env: {},
    execArgv: [],
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
  });
  return new Promise<string>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new ApiReaderError(`Reading the description took longer than ${TIMEOUT_MS / 1000} s.`)),
      TIMEOUT_MS,
    );
    worker.once('message', (json: string) => {
      clearTimeout(timer);
      resolve(json);
    });
    worker.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      const memory = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
      reject(memory ? new ApiReaderError('The description takes too much memory to read.') : error);
    });
    worker.once('exit', () => {
      clearTimeout(timer);
      reject(new Error('The thread that reads descriptions ended without an answer.'));
    });
    worker.postMessage(task);
  }).finally(() => worker.terminate());
}
