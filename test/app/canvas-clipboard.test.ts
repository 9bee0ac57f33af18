import { expect, test } from 'vitest';
import { copyNodes, pasteNodes } from '#app/canvas/system/clipboard.ts';
import { drawing, editing, wires } from './canvas-support.ts';

test('copies keep their wiring, get free keys, and speak of each other by the new ones', () => {
  const document = drawing({ in: 'input', a: 'template', b: 'template' }, ['in>a', 'a>b']);
  const b = document.nodes[2];
  if (b) b.config = { ...b.config, text: 'from {{ steps.a }} and {{ input.text }}' };
  const text = copyNodes(document, ['a', 'b']) ?? '';
  const pasted = pasteNodes(document, text, null, editing());
  expect(wires(pasted?.document ?? document)).toEqual(['a>b', 'a_2>b_2', 'in>a']);
  const copy = pasted?.document.nodes.find((node) => node.key === 'b_2');
  expect(copy?.config['text']).toBe('from {{ steps.a_2 }} and {{ input.text }}');
  expect(pasted?.document.nodes[2]?.config['text']).toBe('from {{ steps.a }} and {{ input.text }}');
});

test('a second start stays out', () => {
  const document = drawing({ in: 'input', a: 'set' }, ['in>a']);
  const pasted = pasteNodes(document, copyNodes(document, ['in', 'a']) ?? '', null, editing());
  expect(pasted?.document.nodes.map((node) => node.key)).toEqual(['in', 'a', 'a_2']);
});

test.each(['', 'hello', '{}', '{"patchbay":"steps","nodes":[{"id":1}],"edges":[]}'])(
  'text that is no copy of steps is let alone: %j',
  (text) => {
    expect(pasteNodes(drawing({ in: 'input' }), text, null, editing())).toBeNull();
  },
);
