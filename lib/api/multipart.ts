import { AppError } from '#lib/db/app-error.ts';

const HEAD_BYTES = 16 * 1024;

/** One part of a form. `data` must be read before the next part is asked for; what is left of it is skipped. */
export interface Part {
  name: string;
  /** Null for a plain field. */
  filename: string | null;
  mimeType: string;
  data: AsyncIterable<Buffer>;
}

/**
 * Reads `multipart/form-data` (RFC 7578) as it arrives; holds one chunk and one boundary in memory.
 * Throws `bad_request` for a body that is cut off or not a form, `unsupported_media` for another content type.
 */
export async function* readMultipart(
  body: AsyncIterable<Uint8Array>,
  contentType: string,
): AsyncGenerator<Part, void, void> {
  const source = body[Symbol.asyncIterator]();
  const boundary = Buffer.from(`\r\n--${boundaryOf(contentType)}`);
  let buffer: Buffer = Buffer.from('\r\n');

  const more = async (): Promise<void> => {
    const { value, done } = await source.next();
    if (done) throw new AppError('bad_request', 'The upload was cut off before its end.');
    buffer = Buffer.concat([buffer, value]);
  };

  async function* untilBoundary(): AsyncGenerator<Buffer, void, void> {
    for (;;) {
      const at = buffer.indexOf(boundary);
      const safe = at >= 0 ? at : buffer.length - boundary.length + 1;
      if (safe > 0) {
        const piece = buffer.subarray(0, safe);
        buffer = buffer.subarray(safe);
        yield piece;
      }
      if (at >= 0) {
        buffer = buffer.subarray(boundary.length);
        return;
      }
      await more();
    }
  }

  await skip(untilBoundary());
  for (;;) {
    while (buffer.length < 2) await more();
    if (buffer.toString('latin1', 0, 2) === '--') return;
    let end = buffer.indexOf('\r\n\r\n');
    while (end < 0) {
      if (buffer.length > HEAD_BYTES) throw new AppError('bad_request', 'The head of a part is too large.');
      await more();
      end = buffer.indexOf('\r\n\r\n');
    }
    const head = buffer.toString('utf8', 0, end);
    buffer = buffer.subarray(end + 4);
    const data = untilBoundary();
    yield { ...partOf(head), data };
    await skip(data);
  }
}

/**
 * All of a part. Throws `too_large` when it is past `maxBytes`; up to `letGo` bytes more are read first, so that the next
 * part can be asked for.
 */
export async function readPart(part: Part, maxBytes: number, letGo = 0): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of part.data) {
    bytes += chunk.length;
    if (bytes <= maxBytes) chunks.push(chunk);
    else chunks.length = 0;
    if (bytes > maxBytes + letGo) break;
  }
  if (bytes > maxBytes) {
    throw new AppError('too_large', `"${part.filename}" is larger than ${maxBytes / 1024 / 1024} MB.`);
  }
  return Buffer.concat(chunks);
}

async function skip(pieces: AsyncIterable<Buffer>): Promise<void> {
  for await (const _ of pieces);
}

function boundaryOf(contentType: string): string {
  const match = /^multipart\/form-data\s*;.*\bboundary=(?:"([^"\r\n]{1,70})"|([^\s;"]{1,70}))/i.exec(
    contentType,
  );
  const boundary = match?.[1] ?? match?.[2];
  if (!boundary)
    throw new AppError('unsupported_media', 'Send the files as multipart/form-data, in the field "file".');
  return boundary;
}

function partOf(head: string): Omit<Part, 'data'> {
  const headers = new Map<string, string>();
  for (const line of head.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  const disposition = headers.get('content-disposition') ?? '';
  return {
    name: parameter(disposition, 'name') ?? '',
    filename: parameter(disposition, 'filename'),
    mimeType: (headers.get('content-type') ?? 'application/octet-stream')
      .split(';', 1)[0]!
      .trim()
      .toLowerCase(),
  };
}

/** Browsers write a quotation mark inside a name as %22 (HTML standard, multipart encoding). */
function parameter(header: string, name: string): string | null {
  const match = new RegExp(`(?:^|[;\\s])${name}="([^"]*)"`, 'i').exec(header);
  return match ? match[1]!.replace(/%22/gi, '"').replace(/%0D/gi, '').replace(/%0A/gi, '') : null;
}
