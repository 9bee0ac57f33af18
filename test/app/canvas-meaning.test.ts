import { describe, expect, test } from 'vitest';
import { moveNodes, setConfig, setSettings } from '#app/canvas/system/change-node.ts';
import { sameMeaning } from '#app/canvas/system/same-meaning.ts';
import { drawing } from './canvas-support.ts';

const line = drawing({ input: 'input', words: 'template', answer: 'output' }, [
  'input>words',
  'words>answer',
]);

describe('what a document means', () => {
  test('is the same wherever its cards stand, and whatever notes say', () => {
    expect(sameMeaning(line, moveNodes(line, { words: { x: 7, y: 9 } }))).toBe(true);
    expect(sameMeaning(line, { ...line, notes: [] })).toBe(true);
  });

  test.each([
    ['a config', setConfig(line, 'words', { text: 'other' })],
    ['settings', setSettings(line, 'words', { disabled: true })],
    ['a key', { ...line, nodes: line.nodes.map((node) => ({ ...node, key: `${node.key}_2` })) }],
    ['an edge', { ...line, edges: line.edges.slice(1) }],
    ['a step', { ...line, nodes: line.nodes.slice(0, 2) }],
    ['another order', { ...line, nodes: line.nodes.toReversed() }],
    ['a description', { ...line, description: 'Other.' }],
    ['the settings of the whole', { ...line, settings: {} }],
  ])('is another with %s', (_, other) => {
    expect(sameMeaning(line, other)).toBe(false);
  });
});
