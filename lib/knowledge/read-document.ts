import { Worker } from 'node:worker_threads';
import { AppError, type AppErrorCode } from '#lib/db/app-error.ts';
import { CHUNK_SETTINGS, type ChunkSettings } from './chunk.ts';
import type { UploadedFile } from './document.ts';
import type { Reading } from './read.ts';

/** What the thread says: the passages, or which AppError it met. */
export type ThreadAnswer = Reading | { code: AppErrorCode; message: string };

/** What reading the text of one file may take: 30 s and 512 MB. */
export const READ_LIMITS = { timeoutMs: 30_000, memoryMb: 512 };

export interface ReadOptions {
  settings?: ChunkSettings;
  signal?: AbortSignal;
  /** Whose file it is: files of one project may be read by one process, one after the other. */
  projectId?: string;
  timeoutMs?: number;
  memoryMb?: number;
}

/**
 * Parses and cuts a file in a thread of its own: a hostile one costs this process neither its event loop nor its
 * memory. Throws AppError as `parseDocument` does, `invalid` when the limits are passed, and
 * the reason of `signal` when it aborts.
 */
export async function readDocument(file: UploadedFile, options: ReadOptions = {}): Promise<Reading> {
  const { signal, settings = CHUNK_SETTINGS, ...limits } = { ...READ_LIMITS, ...options };
  const worker = new Worker(new URL('./read-thread.ts', import.meta.url), {
    workerData: { file, settings },
    // No variables of ours, no flags of ours: it reads a stranger's file.
    env: {},
    execArgv: [],
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: limits.memoryMb, maxYoungGenerationSizeMb: 32 },
  });
  const tooMuch = new AppError(
    'invalid',
    `"${file.name}" takes too much time or memory to read; split it into smaller files.`,
  );
  let timer: NodeJS.Timeout | undefined;
  try {
    const answer = await new Promise<ThreadAnswer>((resolve, reject) => {
      timer = setTimeout(() => reject(tooMuch), limits.timeoutMs);
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
      worker.once('message', resolve);
      worker.once('error', (error: NodeJS.ErrnoException) => {
        reject(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? tooMuch : error);
      });
      worker.once('exit', () =>
        reject(new Error('The thread that reads documents ended without an answer.')),
      );
    });
    if ('code' in answer) throw new AppError(answer.code, answer.message);
    return answer;
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}
