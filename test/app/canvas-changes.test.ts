import { expect, test } from 'vitest';
import { setSettings, toggleDisabled } from '#app/canvas/system/change-node.ts';
import { changesBetween } from '#app/canvas/system/changes.ts';
import { deleteSelection } from '#app/canvas/system/delete-selection.ts';
import { kinds } from '#lib/nodes/index.ts';
import { drawing } from './canvas-support.ts';

const base = () => drawing({ in: 'input', fetch: 'http', end: 'output' }, ['in>fetch', 'fetch>end']);
const words = (after: ReturnType<typeof base>) => changesBetween(base(), after).map((change) => change.text);

test('says what was done, one line per thing', () => {
  expect(words({ ...base(), title: 'New' })).toEqual(['Changed the title']);
  expect(words(toggleDisabled(base(), ['fetch']))).toEqual(['Disabled fetch']);
  expect(words(setSettings(base(), 'fetch', { timeoutMs: 1 }))).toEqual(['Changed the settings of fetch']);
  expect(words(deleteSelection(base(), { nodes: [], edges: ['in>fetch'] }, kinds, () => 'x'))).toEqual([
    'Disconnected in from fetch',
  ]);
});

test('edges of a step that went belong to it; only the healed one is named', () => {
  const rest = deleteSelection(base(), { nodes: ['fetch'], edges: [] }, kinds, () => 'x');
  expect(words(rest)).toEqual(['Removed fetch', 'Connected in to end']);
});

test('moving cards and the order of keys are no changes', () => {
  const after = base();
  for (const node of after.nodes) {
    node.position = { x: 1, y: 1 };
    node.config = Object.fromEntries(Object.entries(node.config).reverse());
  }
  expect(words(after)).toEqual([]);
});
