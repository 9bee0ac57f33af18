import { describe, expect, test } from 'vitest';
import {
  type Autosave,
  openAutosave,
  type SaveEvent,
  stepAutosave,
  unsaved,
} from '#app/canvas/system/autosave.ts';
import { forgetDraft, keepDraft, readKeptDraft } from '#app/canvas/system/kept-draft.ts';
import { drawing } from './canvas-support.ts';

const titled = (title: string) => ({ ...drawing({}), title });
const [a, b, c] = [titled('a'), titled('b'), titled('c')];
const open = (): Autosave => openAutosave({ revision: 3, document: a }, null, []).state;

function play(state: Autosave, ...events: SaveEvent[]) {
  return events.reduce((step, event) => stepAutosave(step.state, event), { state, effects: [] } as ReturnType<
    typeof stepAutosave
  >);
}

describe('the draft is saved', () => {
  test('after a quiet moment, based on the revision it came from', () => {
    const waiting = play(open(), { type: 'edited', document: b });
    expect(waiting.effects).toEqual([{ type: 'wait', ms: 600 }]);
    const sending = stepAutosave(waiting.state, { type: 'due' });
    expect(sending.effects).toEqual([{ type: 'send', revision: 3, document: b }]);
    const saved = stepAutosave(sending.state, { type: 'acknowledged', revision: 4 });
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
    const next = stepAutosave(meanwhile.state, { type: 'acknowledged', revision: 4 });
    expect(next.effects).toEqual([{ type: 'send', revision: 4, document: c }]);
  });

  test('an edit that was undone in time is not sent', () => {
    const back = play(open(), { type: 'edited', document: b }, { type: 'edited', document: a });
    expect(back.state.phase.name).toBe('saved');
    expect(stepAutosave(back.state, { type: 'due' }).effects).toEqual([{ type: 'forget' }]);
  });

  test('unreachable: tried again in longer and longer pauses, until it works', () => {
    let step = play(open(), { type: 'edited', document: b }, { type: 'due' });
    const pauses: number[] = [];
    for (let attempt = 0; attempt < 6; attempt++) {
      step = stepAutosave(step.state, { type: 'unreachable' });
      const [wait] = step.effects;
      pauses.push(wait?.type === 'wait' ? wait.ms : -1);
      step = stepAutosave(step.state, { type: 'due' });
      expect(step.effects).toEqual([{ type: 'send', revision: 3, document: b }]);
    }
    expect(pauses).toEqual([1000, 2000, 5000, 10000, 30000, 30000]);
    expect(stepAutosave(step.state, { type: 'acknowledged', revision: 4 }).state.attempts).toBe(0);
  });

  test('refused: the next edit tries again', () => {
    const refused = play(
      open(),
      { type: 'edited', document: b },
      { type: 'due' },
      { type: 'refused', message: 'no' },
    );
    expect(refused.state.phase).toEqual({ name: 'refused', message: 'no' });
    expect(stepAutosave(refused.state, { type: 'edited', document: c }).effects).toEqual([
      { type: 'wait', ms: 600 },
    ]);
  });
});

describe('somebody else saved meanwhile', () => {
  const theirs = { revision: 9, document: c, savedBy: 'Ada', savedAt: null, changed: ['Changed the title'] };
  const conflict = () =>
    play(open(), { type: 'edited', document: b }, { type: 'due' }, { type: 'conflicted', theirs }).state;

  test('nothing is sent until the person chose', () => {
    expect(play(conflict(), { type: 'edited', document: titled('d') }, { type: 'due' }).effects).toEqual([]);
  });

  test('take theirs: it is shown, and ours is not written', () => {
    const step = stepAutosave(conflict(), { type: 'resolved', choice: 'theirs' });
    expect(step.effects).toEqual([{ type: 'forget' }, { type: 'show', document: c }]);
    expect(step.state).toMatchObject({ revision: 9, current: c, phase: { name: 'saved' } });
  });

  test('keep mine: ours is written over their revision, with what was typed since', () => {
    const typed = play(conflict(), { type: 'edited', document: titled('d') }).state;
    const step = stepAutosave(typed, { type: 'resolved', choice: 'mine' });
    expect(step.effects).toEqual([{ type: 'send', revision: 9, document: titled('d') }]);
  });
});

describe('a reload loses nothing', () => {
  const shelf = () => {
    const map = new Map<string, string>();
    return {
      getItem: (key: string) => map.get(key) ?? null,
      setItem: (key: string, value: string) => void map.set(key, value),
      removeItem: (key: string) => void map.delete(key),
    };
  };

  test('what was kept comes back, once', () => {
    const storage = shelf();
    keepDraft(storage, 'w1', { revision: 3, document: b });
    expect(readKeptDraft(storage, 'w1')).toEqual({ revision: 3, document: b });
    expect(readKeptDraft(storage, 'w2')).toBeNull();
    forgetDraft(storage, 'w1');
    expect(readKeptDraft(storage, 'w1')).toBeNull();
  });

  test('of the same revision it is saved, of an older one it is a conflict', () => {
    const same = openAutosave({ revision: 3, document: a }, { revision: 3, document: b }, []);
    expect(same.state.current).toBe(b);
    expect(same.effects).toEqual([{ type: 'wait', ms: 0 }]);
    const older = openAutosave({ revision: 5, document: c }, { revision: 3, document: b }, [
      'Changed the title',
    ]);
    expect(older.state.phase).toMatchObject({ name: 'conflict', theirs: { revision: 5, document: c } });
    expect(older.state.current).toBe(b);
  });

  test('storage that fails is survived', () => {
    const broken = {
      getItem: () => {
        throw new Error('blocked');
      },
      setItem: () => {
        throw new Error('full');
      },
      removeItem: () => {
        throw new Error('blocked');
      },
    };
    expect(() => keepDraft(broken, 'w1', { revision: 1, document: a })).not.toThrow();
    expect(() => forgetDraft(broken, 'w1')).not.toThrow();
    expect(readKeptDraft(broken, 'w1')).toBeNull();
  });
});
