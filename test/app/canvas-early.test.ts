import { expect, test } from 'vitest';
import { type Early, typedInto, withEarly } from '#app/canvas/system/early.ts';
import type { Command } from '#app/canvas/system/shortcuts.ts';

const NOTHING = { nodes: [], edges: [], notes: [] };
const given = (command: Command, text = ''): Early => ({ type: 'command', command, selected: NOTHING, text });
const type = (list: readonly Early[], key: string, held = false) => typedInto(list, { key, held });

test('after a command that opens a field keys are text of it, until Enter', () => {
  let list: readonly Early[] = [given('delete'), given('add')];
  for (const key of ['h', 'x', 'Backspace', 'p', 'Enter']) list = type(list, key) ?? list;
  expect(list).toEqual([given('delete'), given('add', 'hp\n')]);
  // From here on a letter is a command again.
  expect(type(list, 'p')).toBeNull();
});

test('keys are text of nothing else', () => {
  expect(type([], 'p')).toBeNull();
  expect(type([given('delete')], 'p')).toBeNull();
  expect(type([given('add'), { type: 'paste', text: '{}' }], 'p')).toBeNull();
  expect(type([given('add')], 'k', true)).toBeNull();
  expect(type([given('add')], 'ArrowDown')).toBeNull();
});

test('a key that is held down does not fill the list', () => {
  let list: readonly Early[] = [];
  for (let times = 0; times < 100; times += 1) list = withEarly(list, given('duplicate'));
  expect(list).toHaveLength(20);
});
