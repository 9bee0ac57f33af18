import { pipeline, type Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { StepError } from '#lib/engine/errors.ts';

/** Reads a body to its end, see `piecesOf`. */
export async function readBody(
  body: Readable,
  encoding: string | undefined,
  maxBytes: number,
): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of piecesOf(body, encoding, maxBytes)) pieces.push(piece);
  return Buffer.concat(pieces);
}

/**
 * A body as it comes, inflated; both what comes in and what it inflates to stay under `maxBytes`.
 * Throws StepError `TOO_LARGE`, or `NETWORK` when it cannot be decoded. The stream is closed in any case.
 */
export async function* piecesOf(
  body: Readable,
  encoding: string | undefined,
  maxBytes: number,
): AsyncGenerator<Buffer> {
  // Without a listener, an error while the stream is destroyed would end the process.
  body.on('error', ignore);
  let decoded: Readable = body;
  try {
    const decoder = decoderOf(encoding);
    if (decoder) {
      decoder.on('error', ignore);
      decoded = pipeline(body, (source: Readable) => capped(source, maxBytes), decoder, ignore);
    }
    yield* capped(decoded, maxBytes);
  } catch (error) {
    if (isZlibError(error)) {
      throw new StepError('NETWORK', `The answer is not the ${encoding} it says it is.`, { cause: error });
    }
    throw error;
  } finally {
    decoded.destroy();
    body.destroy();
  }
}

/** That an answer is larger than it may be. */
export function tooLarge(maxBytes: number): StepError {
  return new StepError(
    'TOO_LARGE',
    `The answer is larger than ${maxBytes} bytes, which is the limit of this call.`,
  );
}

async function* capped(source: Readable, maxBytes: number): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const chunk of source as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw tooLarge(maxBytes);
    yield chunk;
  }
}

/** One encoding at most: stacked ones are how a small answer becomes a huge one. */
function decoderOf(encoding: string | undefined): Transform | null {
  switch (encoding?.trim().toLowerCase()) {
    case undefined:
    case '':
    case 'identity':
      return null;
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    default:
      throw new StepError('NETWORK', `The answer is encoded as "${encoding}", which is not read.`);
  }
}

function isZlibError(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^(Z_|ERR__)/.test(code);
}

function ignore(): void {
  // Reported where the stream is read.
}
