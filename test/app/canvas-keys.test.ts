import { expect, test } from 'vitest';
import { readAddress, writeAddress } from '#app/canvas/system/address.ts';
import { keyCaps, SHORTCUTS, shortcutFor } from '#app/canvas/system/shortcuts.ts';

const press = (key: string, held: Partial<Parameters<typeof shortcutFor>[0]> = {}) => ({
  key,
  code: '',
  metaKey: false,
  ctrlKey: false,
  shiftKey: false,
  altKey: false,
  ...held,
});

test.each([
  [press('n'), 'add'],
  [press('?', { shiftKey: true }), 'help'],
  [press('Enter', { metaKey: true }), 'run'],
  [press('z', { ctrlKey: true }), 'undo'],
  [press('Z', { ctrlKey: true, shiftKey: true }), 'redo'],
  [press('P', { metaKey: true, shiftKey: true }), 'publish'],
  [press('ˇ', { altKey: true, shiftKey: true, code: 'KeyT' }), 'tidy'],
  [press('Backspace'), 'delete'],
  [press('q'), undefined],
  [press('n', { ctrlKey: true }), undefined],
])('%j is %s', (keys, command) => {
  expect(shortcutFor(keys, false)?.command).toBe(command);
});

test('while typing only those that say so work', () => {
  expect(shortcutFor(press('n'), true)).toBeNull();
  expect(shortcutFor(press('z', { metaKey: true }), true)).toBeNull();
  expect(shortcutFor(press('Enter', { metaKey: true }), true)?.command).toBe('run');
});

test('no two shortcuts share a key', () => {
  const keys = SHORTCUTS.flatMap((shortcut) => shortcut.keys);
  expect(new Set(keys).size).toBe(keys.length);
});

test('key caps are those of the keyboard', () => {
  expect(keyCaps('mod+shift+p', true)).toEqual(['⌘', '⇧', 'P']);
  expect(keyCaps('mod+enter', false)).toEqual(['Ctrl', 'Enter']);
});

test('an address opens what it was written from', () => {
  const address = {
    node: 'a',
    tab: 'data',
    view: 'list',
    run: 'r',
    graph: 'draft',
    step: 's',
    panel: 'runs',
  } as const;
  expect(readAddress(writeAddress(address))).toEqual(address);
  expect(writeAddress(readAddress(''))).toBe('');
  expect(readAddress('?tab=nonsense&view=x')).toEqual(readAddress(''));
  expect(readAddress('?run=r').panel).toBe('runs');
});
