import { describe, expect, test } from 'vitest';
import {
  type Autosave,
  openAutosave,
  type SaveEvent,
  stepAutosave,
  type Unsaved,
  unsaved,
} from '#app/canvas/system/autosave.ts';
import { forgetDraft, keepDraft, keptDrafts } from '#app/canvas/system/kept-draft.ts';
import { draftMerge } from '#app/canvas/system/merge-drafts.ts';
import { kinds } from '#lib/nodes/index.ts';
import { drawing } from './canvas-support.ts';

const merge = draftMerge(kinds);
const titled = (title: string) => ({ ...drawing({}), title });
const [a, b, c] = [titled('a'), titled('b'), titled('c')];
const saved = (revision: number, document: typeof a, savedBy = 'Ada') => ({
  revision,
  document,
  savedBy,
  savedAt: null,
});
const open = (): Autosave => openAutosave(saved(3, a), null, merge).state;
const step = (state: Autosave, event: SaveEvent) => stepAutosave(state, event, merge);

function play(state: Autosave, ...events: SaveEvent[]) {
  return events.reduce((done, event) => step(done.state, event), { state, effects: [] } as ReturnType<
    typeof stepAutosave
  >);
}

describe('the draft is saved', () => {
  test('after a quiet moment, based on the revision it came from', () => {
    const waiting = play(open(), { type: 'edited', document: b });
    expect(waiting.effects).toEqual([{ type: 'wait', ms: 600 }]);
    const sending = step(waiting.state, { type: 'due' });
    expect(sending.effects).toEqual([{ type: 'send', revision: 3, document: b }]);
    const saved = step(sending.state, { type: 'acknowledged', revision: 4 });
    expect(saved.effects).toEqual([{ type: 'forget' }]);
    expect(saved.state).toMatchObject({ phase: { name: 'saved' }, revision: 4 });
    expect(unsaved(saved.state)).toBe(false);
  });

  test('one request at a time; what was typed meanwhile follows at once', () => {
    const meanwhile = play(
      open(),
      { type: 'edited', document: b },
      { type: 'due' },
      { type: 'edited', document: c },
      { type: 'due' },
    );
    expect(meanwhile.effects).toEqual([]);
    const next = step(meanwhile.state, { type: 'acknowledged', revision: 4 });
    expect(next.effects).toEqual([{ type: 'send', revision: 4, document: c }]);
  });

  test('an edit that was undone in time is not sent', () => {
    const back = play(open(), { type: 'edited', document: b }, { type: 'edited', document: a });
    expect(back.state.phase.name).toBe('saved');
    expect(step(back.state, { type: 'due' }).effects).toEqual([{ type: 'forget' }]);
  });

  test('unreachable: tried again in longer and longer pauses, until it works', () => {
    let last = play(open(), { type: 'edited', document: b }, { type: 'due' });
    const pauses: number[] = [];
    for (let attempt = 0; attempt < 6; attempt++) {
      last = step(last.state, { type: 'unreachable' });
      const [wait] = last.effects;
      pauses.push(wait?.type === 'wait' ? wait.ms : -1);
      last = step(last.state, { type: 'due' });
      expect(last.effects).toEqual([{ type: 'send', revision: 3, document: b }]);
    }
    expect(pauses).toEqual([1000, 2000, 5000, 10000, 30000, 30000]);
    expect(step(last.state, { type: 'acknowledged', revision: 4 }).state.attempts).toBe(0);
  });

  test('refused: the next edit tries again', () => {
    const refused = play(
      open(),
      { type: 'edited', document: b },
      { type: 'due' },
      { type: 'refused', message: 'no' },
    );
    expect(refused.state.phase).toEqual({ name: 'refused', message: 'no' });
    expect(step(refused.state, { type: 'edited', document: c }).effects).toEqual([{ type: 'wait', ms: 600 }]);
  });
});

describe('somebody else saved meanwhile', () => {
  const described = { ...a, description: 'theirs' };

  test('other things: both are on the screen, and saved on top of theirs', () => {
    const both = { ...b, description: 'theirs' };
    const merged = play(
      open(),
      { type: 'edited', document: b },
      { type: 'due' },
      { type: 'conflicted', theirs: saved(4, described) },
    );
    expect(merged.effects).toEqual([
      { type: 'merged', base: a, theirs: saved(4, described), document: both },
      { type: 'send', revision: 4, document: both },
    ]);
    const done = step(merged.state, { type: 'acknowledged', revision: 5 });
    expect(done.state).toMatchObject({ phase: { name: 'saved' }, revision: 5 });
  });

  test('and one heard of it: their draft is read, and shown at once where nothing is unsaved', () => {
    const heard = step(open(), { type: 'heard', revision: 4 });
    expect(heard.effects).toEqual([{ type: 'read' }]);
    expect(step(heard.state, { type: 'heard', revision: 5 }).effects).toEqual([]);
    const read = step(heard.state, { type: 'read', theirs: saved(4, described) });
    expect(read.effects).toEqual([
      { type: 'merged', base: a, theirs: saved(4, described), document: described },
      { type: 'forget' },
    ]);
    expect(unsaved(read.state)).toBe(false);
    expect(read.state.revision).toBe(4);
  });

  test('what is typed waits no longer for what others do', () => {
    const typed = play(
      open(),
      { type: 'edited', document: b },
      { type: 'heard', revision: 4 },
      { type: 'read', theirs: saved(4, described) },
    );
    expect(typed.effects.map(({ type }) => type)).toEqual(['merged']);
    expect(typed.state.phase.name).toBe('waiting');
    expect(step(typed.state, { type: 'due' }).effects).toMatchObject([{ type: 'send', revision: 4 }]);
  });

  test('one’s own save, heard of before its answer, is nothing new', () => {
    const saving = play(
      open(),
      { type: 'edited', document: b },
      { type: 'due' },
      { type: 'heard', revision: 4 },
    );
    expect(saving.effects).toEqual([]);
    expect(step(saving.state, { type: 'acknowledged', revision: 4 }).effects).toEqual([{ type: 'forget' }]);
  });

  test('a save whose answer was lost is not taken for somebody else’s', () => {
    const lost = play(
      open(),
      { type: 'edited', document: b },
      { type: 'due' },
      { type: 'unreachable' },
      { type: 'edited', document: c },
      { type: 'due' },
      { type: 'conflicted', theirs: saved(4, structuredClone(b)) },
    );
    expect(lost.effects).toEqual([{ type: 'send', revision: 4, document: c }]);
  });
});

describe('both changed the same', () => {
  const conflict = () =>
    play(
      open(),
      { type: 'edited', document: b },
      { type: 'due' },
      { type: 'conflicted', theirs: saved(9, c) },
    ).state;

  test('nothing is sent until the person chose', () => {
    expect(conflict().phase).toEqual({ name: 'conflict', base: a, theirs: saved(9, c) });
    expect(play(conflict(), { type: 'edited', document: titled('d') }, { type: 'due' }).effects).toEqual([]);
  });

  test('what was chosen is shown and written on top of theirs', () => {
    const chosen = { ...b, description: 'theirs' };
    const done = step(conflict(), { type: 'resolved', document: chosen });
    expect(done.effects.map(({ type }) => type)).toEqual(['merged', 'send']);
    expect(done.effects[1]).toEqual({ type: 'send', revision: 9, document: chosen });
  });

  test('choosing theirs writes nothing', () => {
    const done = step(conflict(), { type: 'resolved', document: c });
    expect(done.effects.map(({ type }) => type)).toEqual(['merged', 'forget']);
    expect(done.state).toMatchObject({ revision: 9, current: c, phase: { name: 'saved' } });
  });

  test('a newer draft of theirs takes the place of the one that was asked about', () => {
    const newer = play(conflict(), { type: 'heard', revision: 10 }, { type: 'read', theirs: saved(10, b) });
    expect(newer.state.phase.name).toBe('saved');
    expect(newer.state.revision).toBe(10);
  });
});

test('a workflow that was deleted is not written to, and what was drawn counts as unsaved', () => {
  const gone = play(open(), { type: 'deleted', by: 'Ada' }, { type: 'edited', document: b }, { type: 'due' });
  expect(gone.effects).toEqual([]);
  expect(gone.state).toMatchObject({ phase: { name: 'deleted', by: 'Ada' }, current: b });
  expect(unsaved(step(open(), { type: 'deleted', by: null }).state)).toBe(true);
});

describe('a crash loses nothing', () => {
  const shelf = () => {
    const map = new Map<string, string>();
    return {
      getItem: (key: string) => map.get(key) ?? null,
      setItem: (key: string, value: string) => void map.set(key, value),
      removeItem: (key: string) => void map.delete(key),
      key: (index: number) => [...map.keys()][index] ?? null,
      get length() {
        return map.size;
      },
    };
  };
  const blocked = (): never => {
    throw new Error('blocked');
  };
  const broken = { getItem: blocked, setItem: blocked, removeItem: blocked, key: blocked, length: 1 };
  const kept = (document: typeof a, more: Partial<Unsaved> = {}): Unsaved => ({
    revision: 3,
    base: a,
    document,
    unanswered: [],
    ...more,
  });

  test('each window keeps its own, and one that is gone is known by its silence', () => {
    const storage = [shelf()];
    keepDraft(storage, { workflowId: 'w1', window: 'one', now: 1000 }, kept(b));
    keepDraft(storage, { workflowId: 'w1', window: 'two', now: 14_000 }, kept(c));
    const drafts = keptDrafts(storage, 'w1', 17_000);
    expect(drafts).toEqual([
      { ...kept(b), window: 'one', gone: true },
      { ...kept(c), window: 'two', gone: false },
    ]);
    expect(keptDrafts(storage, 'w2', 17_000)).toEqual([]);
    forgetDraft(storage, 'w1', 'one');
    expect(keptDrafts(storage, 'w1', 17_000).map(({ window }) => window)).toEqual(['two']);
  });

  test('of the same revision it is saved', () => {
    const { state, effects } = openAutosave(saved(3, a), kept(b), merge);
    expect(state.current).toEqual(b);
    expect(effects.at(-1)).toEqual({ type: 'wait', ms: 0 });
  });

  test('on top of what others saved since, or asked about where both changed the same', () => {
    const theirs = { ...a, description: 'theirs' };
    const both = openAutosave(saved(5, theirs), kept(b), merge);
    expect(both.state.current).toEqual({ ...b, description: 'theirs' });
    expect(both.state.revision).toBe(5);
    const asked = openAutosave(saved(5, c), kept(b), merge).state;
    expect(asked.phase).toMatchObject({ name: 'conflict', base: a, theirs: saved(5, c) });
    expect(asked.current).toBe(b);
  });

  test('what had arrived without an answer is no conflict with oneself', () => {
    const draft = kept(c, { unanswered: [b] });
    const { state } = openAutosave(saved(4, structuredClone(b)), draft, merge);
    expect(state.phase.name).toBe('waiting');
    expect(state.current).toEqual(c);
  });

  test('storage that is full or blocked is said so, and the next one is taken', () => {
    const at = { workflowId: 'w1', window: 'one', now: 0 };
    expect(keepDraft([broken], at, kept(b))).toBe(false);
    expect(() => forgetDraft([broken], 'w1', 'one')).not.toThrow();
    expect(keptDrafts([broken], 'w1', 0)).toEqual([]);
    const second = shelf();
    expect(keepDraft([broken, second], at, kept(b))).toBe(true);
    expect(keptDrafts([broken, second], 'w1', 0)).toHaveLength(1);
  });
});
