/** Largest frame that is accepted from a sandbox process, in bytes. */
export const MAX_FRAME_BYTES = 2 * 1024 * 1024;

/** What crosses between the server and a sandbox process: a small JSON object and a text. */
export interface Frame {
  head: Record<string, unknown>;
  body: string;
}

/**
 * A frame as bytes: length of what follows, length of the head (both 32 bits, big endian), head (JSON), body. The body
 * stays as text, so that arguments and results cross the process without being parsed there.
 */
export function encodeFrame(head: Record<string, unknown>, body: string | Uint8Array = ''): Buffer {
  const headText = JSON.stringify(head);
  const headBytes = Buffer.byteLength(headText);
  const bodyBytes = typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength;
  const frame = Buffer.allocUnsafe(8 + headBytes + bodyBytes);
  frame.writeUInt32BE(4 + headBytes + bodyBytes, 0);
  frame.writeUInt32BE(headBytes, 4);
  frame.write(headText, 8);
  if (typeof body === 'string') frame.write(body, 8 + headBytes);
  else frame.set(body, 8 + headBytes);
  return frame;
}

/**
 * Takes bytes as they come and hands on whole frames.
 * The returned function throws when the bytes are not frames of ours: whoever sent them is not to be trusted any more.
 */
export function frameReader(onFrame: (frame: Frame) => void): (chunk: Buffer) => void {
  return byteFrameReader(({ head, body }) => onFrame({ head, body: body.toString('utf8') }), MAX_FRAME_BYTES);
}

/** As `frameReader`, with bodies as bytes and another limit for a frame. */
export function byteFrameReader(
  onFrame: (frame: { head: Record<string, unknown>; body: Buffer }) => void,
  maxBytes: number,
): (chunk: Buffer) => void {
  let parts: Buffer[] = [];
  let size = 0;
  let wanted = 4;
  return (chunk) => {
    parts.push(chunk);
    size += chunk.length;
    if (size < wanted) return;
    let bytes = parts.length === 1 ? chunk : Buffer.concat(parts);
    for (;;) {
      wanted = 4;
      if (bytes.length < wanted) break;
      const length = bytes.readUInt32BE(0);
      if (length < 4 || length > maxBytes) throw new Error(`a frame of ${length} bytes`);
      wanted = 4 + length;
      if (bytes.length < wanted) break;
      onFrame(decode(bytes.subarray(4, wanted)));
      bytes = bytes.subarray(wanted);
    }
    parts = bytes.length > 0 ? [bytes] : [];
    size = bytes.length;
  };
}

function decode(content: Buffer): { head: Record<string, unknown>; body: Buffer } {
  const headEnd = 4 + content.readUInt32BE(0);
  if (headEnd > content.length) throw new Error('a head longer than its frame');
  const head: unknown = JSON.parse(content.toString('utf8', 4, headEnd));
  if (typeof head !== 'object' || head === null) throw new Error('a head that is no object');
  return { head: head as Record<string, unknown>, body: content.subarray(headEnd) };
}
