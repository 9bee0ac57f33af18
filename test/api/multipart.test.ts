import { describe, expect, it } from 'vitest';
import { readMultipart, readPart } from '#lib/api/multipart.ts';

/** The form as a browser would write it, with a boundary we know. */
async function written(form: FormData): Promise<string> {
  const boundary = 'XyZ';
  const parts: string[] = [];
  for (const [name, value] of form) {
    const file = value as File;
    parts.push(
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"; filename="${file.name}"\r\nContent-Type: ${file.type}\r\n\r\n${await file.text()}\r\n`,
    );
  }
  return `${parts.join('')}--${boundary}--\r\n`;
}

describe('multipart forms', () => {
  const tricky = 'one\r\n--XyZ-but-not\r\n--Xy\r\n\r\ntwo';
  const form = new FormData();
  form.append('file', new File([tricky], 'a.md', { type: 'text/markdown' }));
  form.append('file', new File([''], 'empty.txt', { type: 'text/plain' }));
  form.append('file', new File(['x'.repeat(5000)], 'ünï".txt', { type: 'text/plain' }));

  it.each([1, 2, 3, 7, 64, 100_000])('are read whole in pieces of %i bytes', async (size) => {
    const text = await written(form);
    const bytes = Buffer.from(text.replace('XyZ-but-not', 'XyQ-but-not'));
    async function* pieces() {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    }
    const read: [string, string | null, string][] = [];
    for await (const part of readMultipart(pieces(), 'multipart/form-data; boundary=XyZ')) {
      read.push([part.name, part.filename, (await readPart(part, 10_000)).toString()]);
    }
    expect(read[0]).toEqual(['file', 'a.md', tricky.replace('XyZ', 'XyQ')]);
    expect(read[1]).toEqual(['file', 'empty.txt', '']);
    expect(read[2]?.[2]).toHaveLength(5000);
  });

  it('of the platform are understood', async () => {
    const response = new Response(form);
    const names: (string | null)[] = [];
    for await (const part of readMultipart(response.body!, response.headers.get('content-type')!)) {
      names.push(part.filename);
    }
    expect(names).toEqual(['a.md', 'empty.txt', 'ünï".txt']);
  });

  it('that are cut off are refused', async () => {
    const contentType = 'multipart/form-data; boundary=XyZ';
    const text = await written(form);
    for (const until of [3, 40, 120, text.length - 6]) {
      const read = async () => {
        async function* pieces() {
          yield Buffer.from(text).subarray(0, until);
        }
        for await (const part of readMultipart(pieces(), contentType)) await readPart(part, 10_000);
      };
      await expect(read()).rejects.toThrow('cut off');
    }
  });

  it('stop at the limit, not after it', async () => {
    let given = 0;
    async function* endless() {
      yield Buffer.from('--B\r\nContent-Disposition: form-data; name="file"; filename="big.md"\r\n\r\n');
      for (;;) {
        given += 1000;
        yield Buffer.alloc(1000, 'x');
      }
    }
    const read = async () => {
      for await (const part of readMultipart(endless(), 'multipart/form-data; boundary=B')) {
        await readPart(part, 1024 * 1024);
      }
    };
    await expect(read()).rejects.toThrow('"big.md" is larger than 1 MB');
    expect(given).toBeLessThan(1024 * 1024 + 3000);
  });

  it('are refused without a boundary, and with a head that does not end', async () => {
    const drain = async (type: string, text: string) => {
      async function* pieces() {
        yield Buffer.from(text);
      }
      for await (const _ of readMultipart(pieces(), type));
    };
    await expect(drain('application/json', '')).rejects.toThrow('multipart/form-data');
    await expect(drain('multipart/form-data; boundary=B', `--B\r\n${'x'.repeat(20_000)}`)).rejects.toThrow(
      'head',
    );
  });
});
