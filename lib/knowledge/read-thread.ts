import { parentPort, workerData } from 'node:worker_threads';
import { AppError } from '#lib/db/app-error.ts';
import type { ChunkSettings } from './chunk.ts';
import type { UploadedFile } from './document.ts';
import { read } from './read.ts';
import type { ThreadAnswer } from './read-document.ts';

/** The thread that `readDocument` starts: one document, one answer, and it ends. */
async function answer(file: UploadedFile, settings: ChunkSettings): Promise<ThreadAnswer> {
  try {
    return await read(file, settings);
  } catch (error) {
    if (error instanceof AppError) return { code: error.code, message: error.message };
    throw error;
  }
}

const { file, settings } = workerData as { file: UploadedFile; settings: ChunkSettings };
parentPort?.postMessage(await answer(file, settings));
