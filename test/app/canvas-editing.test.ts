import { describe, expect, test } from 'vitest';
import { addNode, moveOntoEdge, refuseKind } from '#app/canvas/system/add-node.ts';
import { setSettings, toggleDisabled } from '#app/canvas/system/change-node.ts';
import { connect, refuseConnection } from '#app/canvas/system/connect.ts';
import { deleteSelection } from '#app/canvas/system/delete-selection.ts';
import { tidy } from '#app/canvas/system/tidy.ts';
import { uniqueKey } from '#app/canvas/system/unique-key.ts';
import { walk } from '#app/canvas/system/walk.ts';
import { kinds } from '#lib/nodes/index.ts';
import { drawing, editing, kindOf, wires } from './canvas-support.ts';

const chain = () => drawing({ in: 'input', fetch: 'http', end: 'output' }, ['in>fetch', 'fetch>end']);

describe('adding a step', () => {
  test('behind a step whose way on is free connects it', () => {
    const added = addNode(drawing({ in: 'input' }), kindOf('http'), { after: 'in' }, editing());
    expect(wires(added.document)).toEqual([`in>${kindOf('http').initialKey}`]);
    expect(added.document.nodes[1]?.position.x).toBeGreaterThan(0);
  });

  test('behind a step whose only way on is taken goes in between, and what follows makes room', () => {
    const before = chain();
    const added = addNode(before, kindOf('javascript'), { after: 'in' }, editing());
    const key = kindOf('javascript').initialKey;
    expect(wires(added.document)).toEqual([`fetch>end`, `in>${key}`, `${key}>fetch`].sort());
    const x = Object.fromEntries(added.document.nodes.map((node) => [node.key, node.position.x]));
    expect(x[key]).toBeGreaterThan(x['in'] ?? 0);
    expect(x['fetch']).toBeGreaterThan(x[key] ?? 0);
    expect(x['end']).toBeGreaterThan(x['fetch'] ?? 0);
    expect(before.nodes.map((node) => node.position.x)).toEqual([0, 320, 640]);
  });

  test('an end behind a taken step becomes a branch', () => {
    const added = addNode(chain(), kindOf('fail'), { after: 'fetch' }, editing());
    expect(wires(added.document)).toContain(`fetch>${kindOf('fail').initialKey}`);
    expect(wires(added.document)).toContain('fetch>end');
  });

  test('behind an end stands alone', () => {
    const added = addNode(chain(), kindOf('http'), { after: 'end' }, editing());
    expect(added.document.nodes).toHaveLength(4);
    expect(wires(added.document)).toEqual(['fetch>end', 'in>fetch']);
  });

  test('a branching step is left by its first free handle', () => {
    const [first, second] = kindOf('if').handles(kindOf('if').config.parse(kindOf('if').initial));
    const document = drawing({ in: 'input', check: 'if', end: 'output' }, [
      'in>check',
      `check.${first?.id}>end`,
    ]);
    const added = addNode(document, kindOf('fail'), { after: 'check' }, editing());
    expect(wires(added.document)).toContain(`check.${second?.id}>${kindOf('fail').initialKey}`);
  });

  test('on an edge takes its place', () => {
    const added = addNode(chain(), kindOf('set'), { onEdge: 'fetch>end' }, editing());
    const key = kindOf('set').initialKey;
    expect(wires(added.document)).toEqual([`fetch>${key}`, 'in>fetch', `${key}>end`].sort());
  });

  test('never covers another card and never takes a key twice', () => {
    const context = editing();
    const one = addNode(drawing({}), kindOf('http'), { at: { x: 0, y: 0 } }, context);
    const two = addNode(one.document, kindOf('http'), { at: { x: 10, y: 10 } }, context);
    const [first, second] = two.document.nodes;
    expect(second?.position.y).toBeGreaterThan(first?.position.y ?? 0);
    expect(second?.key).toBe(`${first?.key}_2`);
  });

  test('a second start is refused in words', () => {
    expect(refuseKind(chain(), kindOf('input'), kinds)).toMatch(/in does it already/);
    expect(refuseKind(chain(), kindOf('output'), kinds)).toBeNull();
  });

  test('dropping a loose step on an edge wires it in', () => {
    const document = drawing({ in: 'input', end: 'output', loose: 'set' }, ['in>end']);
    const edge = document.edges[0];
    expect(edge && wires(moveOntoEdge(document, 'loose', edge, editing()))).toEqual([
      'in>loose',
      'loose>end',
    ]);
  });
});

describe('connecting', () => {
  const wire = (node: string, to: string, handle = 'out') => ({ from: { node, handle }, to });

  test.each([
    ['itself', wire('fetch', 'fetch'), /itself/],
    ['a circle', wire('second', 'fetch'), /circle/],
    ['twice the same', wire('in', 'fetch'), /already/],
    ['into the start', wire('fetch', 'in'), /starts the workflow/],
    ['out of an end', wire('end', 'fetch'), /ends the workflow/],
    ['from a handle that is not there', wire('in', 'second', 'left'), /no handle/],
    ['a step that is gone', wire('in', 'nobody'), /gone/],
  ])('refuses %s', (_, refused, words) => {
    const document = drawing({ in: 'input', fetch: 'http', second: 'set', end: 'output' }, [
      'in>fetch',
      'fetch>second',
      'second>end',
    ]);
    expect(refuseConnection(document, refused, kinds)).toMatch(words);
    expect(connect(document, refused, kinds, () => 'x')).toBe(document);
  });

  test('connects what is left', () => {
    const document = drawing({ in: 'input', end: 'output' });
    expect(wires(connect(document, wire('in', 'end'), kinds, () => 'x'))).toEqual(['in>end']);
  });

  test('the error handle is there only where failures are handled', () => {
    const document = chain();
    const onError = wire('fetch', 'end', 'error');
    expect(refuseConnection(document, onError, kinds)).toMatch(/no handle/);
    expect(
      refuseConnection(setSettings(document, 'fetch', { onError: 'handle' }), onError, kinds),
    ).toBeNull();
  });
});

describe('deleting', () => {
  test('heals the chain around a step', () => {
    const rest = deleteSelection(chain(), { nodes: ['fetch'], edges: [] }, kinds, () => 'x');
    expect(wires(rest)).toEqual(['in>end']);
  });

  test('heals around several steps at once', () => {
    const document = drawing({ in: 'input', a: 'set', b: 'set', end: 'output' }, ['in>a', 'a>b', 'b>end']);
    const rest = deleteSelection(document, { nodes: ['a', 'b'], edges: [] }, kinds, () => 'x');
    expect(wires(rest)).toEqual(['in>end']);
  });

  test('an edge goes alone', () => {
    const rest = deleteSelection(chain(), { nodes: [], edges: ['in>fetch'] }, kinds, () => 'x');
    expect(wires(rest)).toEqual(['fetch>end']);
    expect(rest.nodes).toHaveLength(3);
  });
});

describe('settings', () => {
  test('a setting that is taken away leaves nothing behind', () => {
    const set = setSettings(chain(), 'fetch', { timeoutMs: 5000 });
    expect(set.nodes[1]?.settings).toEqual({ timeoutMs: 5000 });
    expect(setSettings(set, 'fetch', { timeoutMs: undefined }).nodes[1]).toEqual(chain().nodes[1]);
  });

  test('disabling is undone only when all are disabled', () => {
    const one = toggleDisabled(chain(), ['fetch']);
    const both = toggleDisabled(one, ['fetch', 'end']);
    expect(both.nodes.map((node) => node.settings?.disabled)).toEqual([undefined, true, true]);
    expect(toggleDisabled(both, ['fetch', 'end'])).toEqual(chain());
  });
});

describe('laying out', () => {
  test('orders the steps from left to right without overlap', () => {
    const heap = chain();
    const document = { ...heap, nodes: heap.nodes.map((node) => ({ ...node, position: { x: 0, y: 0 } })) };
    const [a, b, c] = tidy(document, { kinds, sizes: {} }).nodes.map((node) => node.position);
    expect(a?.x).toBe(0);
    expect((b?.x ?? 0) - (a?.x ?? 0)).toBeGreaterThanOrEqual(248);
    expect((c?.x ?? 0) - (b?.x ?? 0)).toBeGreaterThanOrEqual(248);
  });

  test('of a selection leaves the others where they are', () => {
    const document = chain();
    expect(tidy(document, { kinds, sizes: {} }, ['in', 'fetch']).nodes[2]).toBe(document.nodes[2]);
  });
});

test('arrows follow the edges, and up and down the cards', () => {
  const document = drawing({ in: 'input', a: 'set', b: 'set' }, ['in>a', 'in>b']);
  const b = document.nodes[2];
  if (b) b.position = { x: 320, y: 200 };
  expect(walk(document, null, 'right')).toBe('in');
  expect(walk(document, 'in', 'right')).toBe('a');
  expect(walk(document, 'a', 'down')).toBe('b');
  expect(walk(document, 'b', 'up')).toBe('a');
  expect(walk(document, 'b', 'left')).toBe('in');
  expect(walk(document, 'in', 'left')).toBeNull();
});

test('a key is numbered and never grows too long', () => {
  const long = 'a'.repeat(40);
  expect(uniqueKey(long, new Set([long]))).toBe(`${'a'.repeat(38)}_2`);
  expect(uniqueKey('fetch', new Set(['fetch', 'fetch_2']))).toBe('fetch_3');
});

test('a new step reads an argument that there is', () => {
  const start = drawing({ arguments: 'input' });
  const named = (properties: Record<string, { type: string }>) => ({
    ...start,
    nodes: start.nodes.map((node) => ({ ...node, config: { schema: { type: 'object', properties } } })),
  });
  const textOf = (document: typeof start): unknown =>
    addNode(document, kindOf('template'), { at: { x: 0, y: 0 } }, editing()).document.nodes.at(-1)?.config[
      'text'
    ];
  expect(textOf(start)).toBe('Hello {{ input.text }}');
  expect(textOf(named({ count: { type: 'integer' }, city: { type: 'string' } }))).toBe(
    'Hello {{ input.city }}',
  );
  expect(textOf(named({ count: { type: 'integer' } }))).toBe('Hello {{ input.count }}');
  expect(textOf(named({}))).toBe('Hello {{ input.text }}');
});
