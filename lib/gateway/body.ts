import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { Fault } from './errors.ts';
import { jsonTooComplex, parseJson } from './json-guard.ts';

/** Of one message, whatever its transport. */
export const MAX_BODY_BYTES = 1024 * 1024;
/** A client that sends a byte now and then must not hold a place for minutes. */
const BODY_TIMEOUT_MS = 15_000;
const JSON_TYPE = /^application\/json\s*(;|$)/i;

/**
 * The JSON a request carries. Nothing past the limit is read. Throws Fault: 415 for another type or an encoding,
 * 413 over 1 MiB, -32700 for what is not UTF-8 or not JSON, -32600 for JSON nested too deep.
 */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  return parseMessage(await readBody(request));
}

/** The body of a request as it came. Throws Fault as `readJson`, but for what is not JSON. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const { 'content-type': type, 'content-encoding': encoding, 'content-length': length } = request.headers;
  if (type !== 'application/json' && !JSON_TYPE.test(type ?? '')) {
    throw new Fault('unsupported_media', 'Send the message as Content-Type: application/json.');
  }
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw new Fault(
      'unsupported_media',
      'Compressed requests are not read: send the body without Content-Encoding.',
    );
  }
  if (length !== undefined && Number(length) > MAX_BODY_BYTES) throw tooLarge();
  return readBytes(request);
}

/** The JSON of one message. Throws Fault: -32700 for what is not UTF-8 or not JSON, -32600 for JSON nested too deep. */
export function parseMessage(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw new Fault('parse_error', 'The body is not UTF-8.');
  const complaint = jsonTooComplex(bytes);
  if (complaint) throw new Fault('invalid_request', complaint);
  try {
    return parseJson(bytes.toString('utf8'));
  } catch {
    throw new Fault('parse_error', 'The body is not JSON.');
  }
}

function readBytes(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const timer = setTimeout(() => {
      request.pause();
      reject(new Fault('timeout', 'The body took too long to arrive.', { headers: { connection: 'close' } }));
    }, BODY_TIMEOUT_MS);
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > MAX_BODY_BYTES) {
        request.pause();
        reject(tooLarge());
        return;
      }
      chunks.push(chunk);
    });
    request.on('end', () => {
      clearTimeout(timer);
      resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size));
      // The listeners live as long as the request, which may be a stream that is open for an hour.
      chunks.length = 0;
    });
    request.on('error', () => reject(new Fault('bad_request', 'The body could not be read.')));
    request.on('close', () => {
      clearTimeout(timer);
      if (!request.complete) reject(new Fault('bad_request', 'The body ended early.'));
    });
  });
}

/** The connection is closed after it, as the rest of the body is still coming. */
function tooLarge(): Fault {
  return new Fault('too_large', `The body is larger than ${MAX_BODY_BYTES} bytes.`, {
    headers: { connection: 'close' },
  });
}
