import { crc32, deflateRawSync } from 'node:zlib';

/** An entry of an archive; the optional fields are for archives that lie. */
export interface ZipEntry {
  name: string;
  data: string | Uint8Array;
  /** What the archive says its size is. */
  claimedSize?: number;
  /** Written as it is, not compressed. */
  stored?: boolean;
  /** Type and rights as on Unix: 0o120777 is a symbolic link. */
  mode?: number;
  encrypted?: boolean;
  /** Index of an earlier entry whose data is taken for this one. */
  sameAs?: number;
}

/** A ZIP archive by hand, so that tests can make wrong ones. */
export function makeZip(entries: readonly ZipEntry[], { claimedCount = entries.length } = {}): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  const made: { offset: number; packed: Buffer; sum: number; size: number }[] = [];
  let at = 0;
  for (const {
    name,
    data,
    claimedSize,
    stored = false,
    mode = 0o100644,
    encrypted = false,
    sameAs,
  } of entries) {
    const content = Buffer.from(data as Uint8Array);
    let place = sameAs === undefined ? undefined : made[sameAs];
    const title = Buffer.from(name);
    const fields = (packed: Buffer, sum: number, size: number) => {
      const common = Buffer.alloc(26);
      common.writeUInt16LE(20, 0);
      common.writeUInt16LE(0x800 | (encrypted ? 1 : 0), 2);
      common.writeUInt16LE(stored ? 0 : 8, 4);
      common.writeUInt32LE(sum, 10);
      common.writeUInt32LE(packed.length, 14);
      common.writeUInt32LE(size, 18);
      common.writeUInt16LE(title.length, 22);
      return common;
    };
    if (!place) {
      const packed = stored ? content : deflateRawSync(content);
      place = { offset: at, packed, sum: crc32(content), size: claimedSize ?? content.length };
      const local = Buffer.concat([
        Buffer.from('PK\x03\x04', 'latin1'),
        fields(packed, place.sum, place.size),
        title,
        packed,
      ]);
      parts.push(local);
      at += local.length;
    }
    made.push(place);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE((mode << 16) >>> 0, 6);
    tail.writeUInt32LE(place.offset, 10);
    directory.push(
      Buffer.from('PK\x01\x02', 'latin1'),
      // Made on Unix, so that the mode counts.
      Buffer.from([20, 3]),
      fields(place.packed, place.sum, place.size),
      tail,
      title,
    );
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(Math.min(claimedCount, 0xffff), 8);
  end.writeUInt16LE(Math.min(claimedCount, 0xffff), 10);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, list, end]);
}
