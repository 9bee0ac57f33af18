import { describe, expect, it } from 'vitest';
import type { DocumentUpload } from '#app/data/upload-document.ts';
import { UploadQueue } from '#app/data/upload-queue.ts';

const to = { project: 'shop', base: 'b' };
const file = (name: string, text = 'text') => new File([text], name);

/** A queue and what it sends; each is ended by hand. */
function queueWith() {
  const sent: (DocumentUpload & { end(id: string): void; fail(words: string): void })[] = [];
  const queue = new UploadQueue(
    (upload) =>
      new Promise((resolve, reject) => {
        sent.push({ ...upload, end: resolve, fail: (words) => reject(new Error(words)) });
      }),
  );
  const states = () => queue.uploads.map(({ file: { name }, state }) => `${name} ${state}`);
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  return { queue, sent, states, settled };
}

describe('uploads', () => {
  it('go two at a time, and one that fails stops no other', async () => {
    const { queue, sent, states, settled } = queueWith();
    queue.add(to, [file('a.md'), file('b.md'), file('c.md'), file('picture.png'), file('empty.txt', '')]);
    expect(states()).toEqual([
      'a.md sending',
      'b.md sending',
      'c.md waiting',
      'picture.png refused',
      'empty.txt refused',
    ]);
    expect(queue.underway).toBe(3);
    sent[0]!.onProgress(2);
    expect(queue.uploads[0]!.sentBytes).toBe(2);
    // With the form around it.
    sent[0]!.onProgress(200);
    expect(queue.uploads[0]!.sentBytes).toBe(4);
    sent[0]!.fail('It is no document.');
    await settled();
    expect(states().slice(0, 3)).toEqual(['a.md failed', 'b.md sending', 'c.md sending']);
    expect(queue.uploads[0]!.error).toBe('It is no document.');
    sent[1]!.end('doc-b');
    sent[2]!.end('doc-c');
    await settled();
    expect(queue.uploads.slice(1, 3).map(({ documentId }) => documentId)).toEqual(['doc-b', 'doc-c']);
    expect(queue.underway).toBe(0);
    expect(sent).toHaveLength(3);
  });

  it('are cancelled, tried again and cleared', async () => {
    const { queue, sent, states, settled } = queueWith();
    queue.add(to, [file('a.md'), file('b.md'), file('c.md')]);
    queue.cancel(queue.uploads[0]!.id);
    expect(sent[0]!.signal.aborted).toBe(true);
    expect(states()).toEqual(['b.md sending', 'c.md sending']);
    sent[0]!.fail('It was cancelled.');
    sent[1]!.fail('offline');
    await settled();
    expect(states()).toEqual(['b.md failed', 'c.md sending']);
    queue.retry(queue.uploads[0]!.id);
    expect(states()).toEqual(['c.md sending', 'b.md sending']);
    expect(sent.map((one) => one.file.name)).toEqual(['a.md', 'b.md', 'c.md', 'b.md']);
    sent[2]!.end('doc-c');
    await settled();
    queue.add({ project: 'shop', base: 'other' }, [file('x.png')]);
    queue.clear(to);
    expect(states()).toEqual(['b.md sending', 'x.png refused']);
  });

  it('tells who listens, and keeps what did not change', () => {
    const { queue } = queueWith();
    let told = 0;
    const end = queue.subscribe(() => {
      told += 1;
    });
    const before = queue.uploads;
    expect(queue.uploads).toBe(before);
    queue.add(to, [file('a.png')]);
    expect(queue.uploads).not.toBe(before);
    expect(told).toBeGreaterThan(0);
    end();
    const heard = told;
    queue.clear(to);
    expect(told).toBe(heard);
  });
});
