import { expect, test } from 'vitest';
import {
  close,
  type History,
  joinTheirs,
  record,
  redo as redoOnTop,
  startHistory,
  undo as undoOnTop,
} from '#app/canvas/system/history.ts';
import { onTopOf } from '#app/canvas/system/merge-drafts.ts';
import { kinds } from '#lib/nodes/index.ts';
import { drawing } from './canvas-support.ts';

const titled = (title: string) => ({ ...drawing({}), title });
const undo = (history: History) => undoOnTop(history, onTopOf(kinds));
const redo = (history: History) => redoOnTop(history, onTopOf(kinds));
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

test('undo takes back what is one’s own, and leaves what others did', () => {
  const mine = { ...a, title: 'mine' };
  const history = record(startHistory(a), mine, { label: 'Edit title', at: 0 });
  const theirs = { ...mine, description: 'theirs' };
  const joined = joinTheirs(history, theirs, { base: mine, theirs });
  expect(joined.present).toBe(theirs);
  const back = undo(joined)!;
  expect(back.label).toBe('Edit title');
  expect(back.history.present).toEqual({ ...a, description: 'theirs' });
  // What others do between undo and redo stays, too.
  const later = { ...back.history.present, settings: { timeoutMs: 5000 } };
  const again = redo(joinTheirs(back.history, later, { base: back.history.present, theirs: later }))!;
  expect(again.history.present).toEqual({ ...theirs, settings: { timeoutMs: 5000 } });
});

test('a step of which others left nothing is passed over', () => {
  const first = record(startHistory(a), { ...a, description: 'one' }, { label: 'first', at: 0 });
  const second = record(first, { ...first.present, title: 'mine' }, { label: 'second', at: 1 });
  const theirs = { ...second.present, title: 'theirs' };
  const back = undo(joinTheirs(second, theirs, { base: second.present, theirs }))!;
  expect(back.label).toBe('first');
  expect(back.history.present).toEqual({ ...a, title: 'theirs' });
  expect(undo(back.history)).toBeNull();
});
