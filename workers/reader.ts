import { AppError, type AppErrorCode } from '#lib/db/app-error.ts';
import type { ChunkSettings } from '#lib/knowledge/chunk.ts';
import { read } from '#lib/knowledge/read.ts';
import { byteFrameReader, encodeFrame } from '#lib/sandbox/frames.ts';

// The process that reads documents, one after the other, all of one project. It holds no secret, has no network and no
// files but its own code, and everything it does is at the word of the process that started it
// (lib/knowledge/reader-process.ts), over stdin and stdout.

/** Largest file, and what is said about it. */
const MOST_BYTES = 32 * 1024 * 1024;
/** Characters of passages in one frame, about. */
const BATCH = 256 * 1024;

function send(head: Record<string, unknown>, body = ''): void {
  process.stdout.write(encodeFrame(head, body));
}

async function answer(head: Record<string, unknown>, data: Uint8Array): Promise<void> {
  const { name, mimeType, settings } = head as { name: string; mimeType: string; settings: ChunkSettings };
  try {
    const { chunks, ...about } = await read({ name, mimeType, data }, settings);
    let batch: string[] = [];
    let size = 0;
    for (const chunk of chunks) {
      const text = JSON.stringify(chunk);
      batch.push(text);
      size += text.length;
      if (size < BATCH) continue;
      send({ type: 'chunks' }, `[${batch.join(',')}]`);
      batch = [];
      size = 0;
    }
    if (batch.length > 0) send({ type: 'chunks' }, `[${batch.join(',')}]`);
    send({ type: 'done' }, JSON.stringify(about));
  } catch (error) {
    const { code, message } = failureOf(error, name);
    send({ type: 'refused', code }, message);
  }
}

function failureOf(error: unknown, name: string): { code: AppErrorCode; message: string } {
  if (error instanceof AppError) return error;
  // For whoever looks after the server: the file found a hole in a parser.
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  const why = error instanceof RangeError ? 'it is nested too deeply, or too large' : 'it could not be read';
  return { code: 'invalid', message: `"${name}" is broken: ${why}.` };
}

let line: Promise<void> = Promise.resolve();
const receive = byteFrameReader(({ head, body }) => {
  line = line.then(() => answer(head, body));
}, MOST_BYTES);
process.stdin.on('data', receive);
// The far end is gone.
process.stdin.on('end', () => process.exit(0));

send({ type: 'ready' });
