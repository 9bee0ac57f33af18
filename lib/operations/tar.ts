import type { Readable } from 'node:stream';
import { AppError } from '#lib/db/app-error.ts';

/** One file of an archive. `name` has forward slashes and at most 100 bytes. */
export interface TarEntry {
  name: string;
  size: number;
  data: AsyncIterable<Uint8Array>;
}

const BLOCK = 512;

/** POSIX ustar, files only: what every `tar` reads. Throws when an entry's data is not as long as it said. */
export async function* writeTar(entries: AsyncIterable<TarEntry>): AsyncGenerator<Uint8Array, void, void> {
  for await (const { name, size, data } of entries) {
    yield headerOf(name, size);
    let written = 0;
    for await (const chunk of data) {
      written += chunk.byteLength;
      yield chunk;
    }
    if (written !== size) throw new Error(`${name} changed while it was read.`);
    yield new Uint8Array(padding(size));
  }
  yield new Uint8Array(2 * BLOCK);
}

/** Reads what `writeTar` writes. An entry's data must be read before the next is asked for. Throws `invalid`. */
export async function* readTar(source: Readable): AsyncGenerator<TarEntry, void, void> {
  const chunks = source[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  let buffer: Buffer = Buffer.alloc(0);
  async function* take(size: number): AsyncGenerator<Buffer, void, void> {
    for (let left = size; left > 0; ) {
      if (buffer.length === 0) {
        const { value, done } = await chunks.next();
        if (done) throw new AppError('invalid', 'The backup is cut off.');
        buffer = Buffer.from(value);
      }
      const piece = buffer.subarray(0, left);
      buffer = buffer.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  }
  for (;;) {
    const header = Buffer.concat(await Array.fromAsync(take(BLOCK)));
    if (header.every((byte) => byte === 0)) return;
    const size = Number.parseInt(header.toString('latin1', 124, 135), 8);
    const sum = Number.parseInt(header.toString('latin1', 148, 154), 8);
    const type = header[156];
    if (sum !== checksum(header) || !Number.isSafeInteger(size) || (type !== 0x30 && type !== 0)) {
      throw new AppError('invalid', 'This file is not a backup of Patchbay.');
    }
    const data = take(size);
    yield { name: header.toString('utf8', 0, 100).replace(/\0.*$/s, ''), size, data };
    for await (const _ of data);
    for await (const _ of take(padding(size)));
  }
}

function headerOf(name: string, size: number): Buffer {
  const header = Buffer.alloc(BLOCK);
  if (Buffer.byteLength(name) > 100) throw new Error(`The name ${name} is too long for an archive.`);
  header.write(name, 0, 'utf8');
  header.write('0000600\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  header.write(`${'0'.repeat(11)}\0`, 136);
  header.write('        ', 148);
  header.write('0', 156);
  header.write('ustar\x0000', 257);
  header.write(`${checksum(header).toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

/** The sum of all bytes, with the field of the sum itself read as spaces. */
function checksum(header: Buffer): number {
  let sum = 0;
  for (const [index, byte] of header.entries()) sum += index >= 148 && index < 156 ? 0x20 : byte;
  return sum;
}

function padding(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}
