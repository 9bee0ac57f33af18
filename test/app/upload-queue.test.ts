import { describe, expect, it } from 'vitest';
import type { DocumentUpload, UploadAnswer } from '#app/data/upload-document.ts';
import { UploadQueue } from '#app/data/upload-queue.ts';
import { countLines, uploadLines } from '#app/knowledge/upload-lines.ts';

const to = { project: 'shop', base: 'b' };
const picked = (path: string, text = 'text') => ({
  file: new File([text], path.split('/').at(-1) ?? ''),
  path,
});
const added = (id: string): UploadAnswer[] => [{ document: { id, name: `${id}.md` }, outcome: 'added' }];

/** A queue and what it sends; each is ended by hand. */
function queueWith() {
  const sent: (DocumentUpload & { end(answers: UploadAnswer[]): void; fail(words: string): void })[] = [];
  const queue = new UploadQueue(
    (upload) =>
      new Promise((resolve, reject) => {
        sent.push({ ...upload, end: resolve, fail: (words) => reject(new Error(words)) });
      }),
  );
  const states = () => queue.uploads.map(({ path, state }) => `${path} ${state}`);
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  return { queue, sent, states, settled };
}

describe('uploads', () => {
  it('go two at a time, and one that fails stops no other', async () => {
    const { queue, sent, states, settled } = queueWith();
    queue.add(
      to,
      ['a.md', 'guides/b.docx', 'c.zip', 'picture.png'].map((path) => picked(path)),
    );
    queue.add(to, [picked('empty.txt', '')]);
    expect(states()).toEqual([
      'a.md sending',
      'guides/b.docx sending',
      'c.zip waiting',
      'picture.png refused',
      'empty.txt refused',
    ]);
    expect(sent[1]!.path).toBe('guides/b.docx');
    expect(queue.underway).toBe(3);
    sent[0]!.onProgress(2);
    expect(queue.uploads[0]!.sentBytes).toBe(2);
    // With the form around it.
    sent[0]!.onProgress(200);
    expect(queue.uploads[0]!.sentBytes).toBe(4);
    sent[0]!.fail('It is no document.');
    await settled();
    expect(states().slice(0, 3)).toEqual(['a.md failed', 'guides/b.docx sending', 'c.zip sending']);
    expect(queue.uploads[0]!.error).toBe('It is no document.');
    sent[1]!.end(added('doc-b'));
    sent[2]!.end([...added('doc-c'), { name: 'x.png', error: 'Of no known type.' }]);
    await settled();
    expect(queue.underway).toBe(0);
    expect(sent).toHaveLength(3);

    const lines = uploadLines(queue.uploads);
    expect(countLines(lines)).toEqual({ added: 2, changed: 0, unchanged: 0, refused: 4, underway: 0 });
    expect(lines.find(({ name }) => name === 'c.zip ▸ x.png')?.words).toBe('Of no known type.');
    expect(lines.find(({ name }) => name === 'guides/b.docx')?.documentId).toBe('doc-b');
  });

  it('tell the reason of the server for one file that it does not take', async () => {
    const { queue, sent, states, settled } = queueWith();
    queue.add(to, [picked('a.md')]);
    sent[0]!.end([{ name: 'a.md', error: 'It holds binary data.' }]);
    await settled();
    expect(states()).toEqual(['a.md refused']);
    expect(queue.uploads[0]!.error).toBe('It holds binary data.');
  });

  it('are cancelled, tried again and cleared', async () => {
    const { queue, sent, states, settled } = queueWith();
    queue.add(to, [picked('a.md'), picked('b.md'), picked('c.md')]);
    queue.cancel(queue.uploads[0]!.id);
    expect(sent[0]!.signal.aborted).toBe(true);
    expect(states()).toEqual(['b.md sending', 'c.md sending']);
    sent[0]!.fail('It was cancelled.');
    sent[1]!.fail('offline');
    await settled();
    expect(states()).toEqual(['b.md failed', 'c.md sending']);
    queue.retry(queue.uploads[0]!.id);
    expect(states()).toEqual(['c.md sending', 'b.md sending']);
    expect(sent.map((one) => one.path)).toEqual(['a.md', 'b.md', 'c.md', 'b.md']);
    sent[2]!.end(added('doc-c'));
    await settled();
    queue.add({ project: 'shop', base: 'other' }, [picked('x.png')]);
    queue.clear(to);
    expect(states()).toEqual(['b.md sending', 'x.png refused']);
    queue.cancelAll(to);
    expect(states()).toEqual(['x.png refused']);
    expect(sent[3]!.signal.aborted).toBe(true);
  });

  it('tells who listens, and keeps what did not change', () => {
    const { queue } = queueWith();
    let told = 0;
    const end = queue.subscribe(() => {
      told += 1;
    });
    const before = queue.uploads;
    expect(queue.uploads).toBe(before);
    queue.add(to, [picked('a.png')]);
    expect(queue.uploads).not.toBe(before);
    expect(told).toBeGreaterThan(0);
    end();
    const heard = told;
    queue.clear(to);
    expect(told).toBe(heard);
  });
});
