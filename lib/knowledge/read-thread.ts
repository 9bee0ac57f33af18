import { parentPort, workerData } from 'node:worker_threads';
import { AppError } from '#lib/db/app-error.ts';
import { chunk } from './chunk.ts';
import type { UploadedFile } from './document.ts';
import { parseDocument } from './parse.ts';
import type { ThreadAnswer } from './read-document.ts';

/** The thread that `readDocument` starts: one document, one answer, and it ends. */
async function read(file: UploadedFile): Promise<ThreadAnswer> {
  try {
    const { title, sections } = await parseDocument(file);
    return { title, chunks: chunk(sections) };
  } catch (error) {
    if (error instanceof AppError) return { code: error.code, message: error.message };
    throw error;
  }
}

parentPort?.postMessage(await read(workerData as UploadedFile));
