import { expect, test } from 'vitest';
import { findAll, replaceAll } from '#app/canvas/system/find.ts';
import { kinds } from '#lib/nodes/index.ts';
import type { WorkflowDocument } from '#lib/workflow/document.ts';
import { drawing } from './canvas-support.ts';

const document: WorkflowDocument = {
  ...drawing({ start: 'input', order: 'http', plan: 'javascript', answer: 'output' }),
  title: 'Find an order',
  notes: [
    {
      id: 'n',
      text: 'The order service\norder',
      position: { x: 0, y: 0 },
      size: { width: 100, height: 100 },
      colour: 'red',
    },
  ],
  groups: [{ id: 'g', title: 'Order', nodes: ['order'] }],
};
document.nodes[1]!.config = {
  ...document.nodes[1]!.config,
  url: 'https://shop.example/order/{{ input.order }}',
};
document.nodes[2]!.config = { ...document.nodes[2]!.config, code: 'return steps.order.body;' };

const found = (text: string, matchCase = false) => findAll(document, { text, matchCase }, kinds);

test('a text is found in titles, keys, expressions, code, notes and groups', () => {
  expect(found('order').map(({ words }) => words)).toEqual([
    'title of the workflow',
    'description of the workflow',
    'key of order',
    'url of order',
    'url of order',
    'code of plan',
    'a note',
    'a note',
    'title of a group',
  ]);
  expect(found('Order', true).map(({ words }) => words)).toEqual(['title of a group']);
  expect(found('')).toEqual([]);
  expect(found('nowhere at all')).toEqual([]);
});

test('all but keys is replaced, each match once', () => {
  const next = replaceAll(document, found('order'), 'order_order');
  expect(next.nodes.map(({ key }) => key)).toEqual(['start', 'order', 'plan', 'answer']);
  expect(next.nodes[1]!.config['url']).toBe('https://shop.example/order_order/{{ input.order_order }}');
  expect(next.nodes[2]!.config['code']).toBe('return steps.order_order.body;');
  expect(next.notes?.[0]?.text).toBe('The order_order service\norder_order');
  expect(next.groups?.[0]?.title).toBe('order_order');
  expect(next.nodes[0]).toBe(document.nodes[0]);
});

test('one match is replaced, and the others stay', () => {
  const second = found('order').filter(({ place }) => place.in === 'note')[1]!;
  expect(replaceAll(document, [second], 'X').notes?.[0]?.text).toBe('The order service\nX');
});

test('signs of patterns are signs, and nothing becomes longer than it may be', () => {
  const odd = { ...document, title: 'a.c $& (a.c)' };
  const at = findAll(odd, { text: 'a.c', matchCase: false }, kinds);
  expect(at).toHaveLength(2);
  expect(replaceAll(odd, at, '$&').title).toBe('$& $& ($&)');
  expect(replaceAll(odd, at, 'x'.repeat(200)).title).toHaveLength(120);
  expect(replaceAll(document, found('Order', true), '').groups?.[0]?.title).toBe('Order');
});

test('names and choices are found, and not replaced', () => {
  const plain = drawing({ start: 'input', load: 'http' });
  const argument = findAll(plain, { text: 'text', matchCase: true }, kinds);
  expect(argument.map(({ words, replaceable }) => [words, replaceable])).toEqual([
    ['schema.properties.text.description of start', true],
    ['schema.required.0 of start', false],
  ]);
  expect(
    findAll(plain, { text: 'GET', matchCase: true }, kinds).map(({ replaceable }) => replaceable),
  ).toEqual([false]);
});

test('what a card says is found where the settings do not say it', () => {
  const plain = drawing({ start: 'input' });
  plain.nodes[0]!.config = { schema: { type: 'object' } };
  expect(findAll(plain, { text: 'no arg', matchCase: false }, kinds)).toMatchObject([
    { place: { in: 'title', node: 'start' }, text: 'no arguments', replaceable: false },
  ]);
});
