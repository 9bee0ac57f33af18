import { expect, test } from 'vitest';
import { close, record, redo, startHistory, undo } from '#app/canvas/system/history.ts';
import { drawing } from './canvas-support.ts';

const titled = (title: string) => ({ ...drawing({}), title });
const [a, b, c] = [titled('a'), titled('b'), titled('c')];

test('edits go back and forth, with their words', () => {
  const history = record(record(startHistory(a), b, { label: 'first', at: 0 }), c, {
    label: 'second',
    at: 1,
  });
  const back = undo(history);
  expect(back?.label).toBe('second');
  expect(back?.history.present).toBe(b);
  expect(back && redo(back.history)?.history.present).toBe(c);
  expect(redo(history)).toBeNull();
  expect(undo(startHistory(a))).toBeNull();
});

test('typing in one field is one step back, a pause or a blur begins another', () => {
  const typing = (history: ReturnType<typeof startHistory>, document: typeof a, at: number) =>
    record(history, document, { label: 'Edit title', merge: 'title', at });
  expect(undo(typing(typing(startHistory(a), b, 0), c, 500))?.history.present).toBe(a);
  expect(undo(typing(typing(startHistory(a), b, 0), c, 5000))?.history.present).toBe(b);
  expect(undo(typing(close(typing(startHistory(a), b, 0)), c, 500))?.history.present).toBe(b);
});

test('an edit after undo forgets what was undone', () => {
  const back = undo(record(startHistory(a), b, { label: 'x', at: 0 }));
  const next = back && record(back.history, c, { label: 'y', at: 1 });
  expect(next && redo(next)).toBeNull();
  expect(next && undo(next)?.history.present).toBe(a);
});

test('a document that did not change is no step', () => {
  expect(record(startHistory(a), a, { label: 'nothing', at: 0 })).toEqual(startHistory(a));
});
