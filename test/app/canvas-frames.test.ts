import { describe, expect, test } from 'vitest';
import { addNode } from '#app/canvas/system/add-node.ts';
import { moveNodes, setParent } from '#app/canvas/system/change-node.ts';
import { copyNodes, pasteNodes } from '#app/canvas/system/clipboard.ts';
import { refuseConnection } from '#app/canvas/system/connect.ts';
import { deleteSelection } from '#app/canvas/system/delete-selection.ts';
import { canvasPositions, flowNodes } from '#app/canvas/system/flow.ts';
import { EMPTY_FRAME, frameAt, frameBoxes } from '#app/canvas/system/frames.ts';
import { tidy } from '#app/canvas/system/tidy.ts';
import { walk } from '#app/canvas/system/walk.ts';
import { kinds } from '#lib/nodes/index.ts';
import type { WorkflowDocument } from '#lib/workflow/document.ts';
import { drawing, editing, kindOf, wires } from './canvas-support.ts';

const [loop] = [...kinds.values()].filter((kind) => kind.body);
const frame = loop!.type;
const each = loop!.body!.handle;
const world = { kinds, sizes: {} };
const at = (document: WorkflowDocument, id: string) =>
  document.nodes.find((node) => node.id === id)!.position;

/** in → each { one → two } → done, the steps of the frame at (432, 100) and (732, 100). */
function looped(): WorkflowDocument {
  const document = drawing({ in: 'input', each: frame, one: 'set', two: 'set', done: 'output' }, [
    'in>each',
    `each.${each}>one`,
    'one>two',
    'each>done',
  ]);
  const inside = ['one', 'two'].reduce((given, id) => setParent(given, id, 'each'), document);
  return moveNodes(inside, {
    each: { x: 320, y: 0 },
    one: { x: 432, y: 100 },
    two: { x: 732, y: 100 },
    done: { x: 1100, y: 0 },
  });
}

describe('a frame', () => {
  test('is as large as what it holds, and never smaller than an empty one', () => {
    const box = frameBoxes(looped(), kinds, {}).get('each')!;
    expect(box).toMatchObject({ x: 320, y: 0 });
    expect(box.x + box.width).toBe(732 + 224 + 48);
    const empty = drawing({ each: frame });
    expect(frameBoxes(empty, kinds, {}).get('each')).toEqual({ x: 0, y: 0, ...EMPTY_FRAME });
  });

  test('takes its steps along when it is moved, and grows when one of them is', () => {
    const moved = moveNodes(looped(), canvasPositions(looped(), world, { each: { x: 420, y: 50 } }));
    expect(at(moved, 'each')).toEqual({ x: 420, y: 50 });
    expect(at(moved, 'two')).toEqual({ x: 832, y: 150 });
    expect(at(moved, 'done')).toEqual({ x: 1100, y: 0 });
    // React Flow counts from the frame.
    const pulled = moveNodes(looped(), canvasPositions(looped(), world, { two: { x: 500, y: 100 } }));
    expect(at(pulled, 'two')).toEqual({ x: 820, y: 100 });
    expect(frameBoxes(pulled, kinds, {}).get('each')!.width).toBe(820 + 224 + 48 - 320);
  });

  test('is drawn before its steps, which count from its corner', () => {
    const view = { selectedNodes: new Set<string>(), selectedEdges: new Set<string>(), sizes: {} };
    const document = { ...looped(), nodes: [...looped().nodes].reverse() };
    const drawn = flowNodes(document, kinds, view, []);
    const ids = drawn.map(({ id }) => id);
    expect(ids.indexOf('each')).toBeLessThan(ids.indexOf('one'));
    expect(drawn.find(({ id }) => id === 'one')).toMatchObject({
      type: 'step',
      parentId: 'each',
      position: { x: 112, y: 100 },
    });
    expect(drawn.find(({ id }) => id === 'each')).toMatchObject({ type: 'frame', height: 100 + 60 + 32 });
    expect(flowNodes(document, kinds, view, drawn).every((card, index) => card === drawn[index])).toBe(true);
  });

  test('goes with all that is in it, and is copied with it', () => {
    const without = deleteSelection(looped(), { nodes: ['each'], edges: [] }, kinds, () => 'healed');
    expect(without.nodes.map(({ id }) => id)).toEqual(['in', 'done']);
    expect(wires(without)).toEqual(['in>done']);
    const text = copyNodes(looped(), ['each'])!;
    const pasted = pasteNodes(looped(), text, null, editing())!;
    const copy = pasted.document.nodes.filter(({ id }) => pasted.ids.includes(id));
    expect(copy.map(({ kind }) => kind).sort()).toEqual([frame, 'set', 'set'].sort());
    const around = copy.find(({ kind }) => kind === frame)!;
    expect(copy.filter(({ parent }) => parent === around.id)).toHaveLength(2);
  });
});

test('a loop put between two steps goes on to the second, and has the room it needs', () => {
  const document = drawing({ in: 'input', done: 'output' }, ['in>done']);
  const added = addNode(document, kindOf(frame), { onEdge: 'in>done' }, editing());
  const key = added.document.nodes.at(-1)!.key;
  expect(wires(added.document)).toEqual([`${key}>done`, `in>${key}`].sort());
  const box = frameBoxes(added.document, kinds, {}).get(added.id)!;
  expect(box.x).toBeGreaterThan(224);
  expect(at(added.document, 'done').x).toBeGreaterThan(box.x + box.width);
});

describe('a step added', () => {
  test('after the inner handle stands inside, after the outer one outside', () => {
    const document = drawing({ in: 'input', each: frame }, ['in>each']);
    const inner = addNode(document, kindOf('set'), { after: 'each', handle: each }, editing());
    expect(inner.document.nodes.at(-1)).toMatchObject({ parent: 'each' });
    expect(wires(inner.document)).toContain(`each.${each}>${inner.document.nodes.at(-1)!.key}`);
    const outer = addNode(inner.document, kindOf('output'), { after: 'each', handle: 'out' }, editing());
    const box = frameBoxes(outer.document, kinds, {}).get('each')!;
    expect(outer.document.nodes.at(-1)).not.toHaveProperty('parent');
    expect(outer.document.nodes.at(-1)!.position.x).toBeGreaterThan(box.x + box.width);
  });

  test('between two steps of the frame stands in it, and what follows the frame makes room', () => {
    const edge = looped().edges.find(({ from }) => from.node === 'one')!;
    const added = addNode(looped(), kindOf('template'), { onEdge: edge.id }, editing());
    expect(added.document.nodes.at(-1)).toMatchObject({ parent: 'each' });
    const wider =
      frameBoxes(added.document, kinds, {}).get('each')!.width -
      frameBoxes(looped(), kinds, {}).get('each')!.width;
    expect(wider).toBeGreaterThan(100);
    expect(at(added.document, 'done')).toEqual({ x: 1100 + wider, y: 0 });
    expect(at(added.document, 'in')).toEqual(at(looped(), 'in'));
  });
});

test('connections do not cross the frame', () => {
  const refusal = (from: string, handle: string, to: string) =>
    refuseConnection(looped(), { from: { node: from, handle }, to }, kinds);
  expect(refusal('two', 'out', 'done')).toBe('Steps inside a frame connect only to steps of the same frame.');
  expect(refusal('in', 'out', 'one')).toBe('Steps inside a frame connect only to steps of the same frame.');
  expect(refusal('each', each, 'done')).toContain('leads to the first step inside each');
  expect(refusal('each', each, 'two')).toBeNull();
});

test('the innermost frame at a point is found, and not the one that is dragged', () => {
  const document = looped();
  expect(frameAt(document, { x: 500, y: 150 }, world)).toBe('each');
  expect(frameAt(document, { x: 500, y: 150 }, world, 'each')).toBeUndefined();
  expect(frameAt(document, { x: 5000, y: 150 }, world)).toBeUndefined();
});

test('tidying lays out the frame first, and the graph around it', () => {
  const messy = moveNodes(looped(), { two: { x: 330, y: 900 }, done: { x: 340, y: 30 } });
  const tidied = tidy(messy, world);
  const box = frameBoxes(tidied, kinds, {}).get('each')!;
  expect(at(tidied, 'two').x).toBeGreaterThan(at(tidied, 'one').x + 224);
  expect(at(tidied, 'two').y).toBe(at(tidied, 'one').y);
  expect(at(tidied, 'done').x).toBeGreaterThan(box.x + box.width);
  expect(frameAt(tidied, { x: at(tidied, 'two').x, y: at(tidied, 'two').y }, world)).toBe('each');
});

test('a step added behind one that asks goes on with the answer, not with "declined"', () => {
  const document = drawing({ in: 'input', ask: 'ask-user', done: 'output' }, ['in>ask', 'ask>done']);
  const added = addNode(document, kindOf('set'), { after: 'ask' }, editing());
  expect(wires(added.document)).toEqual(['ask>values', 'in>ask', 'values>done']);
});

test('arrows go past a frame, down into it, and out of it at either end', () => {
  const document = looped();
  expect(walk(document, 'in', 'right')).toBe('each');
  expect(walk(document, 'each', 'right')).toBe('done');
  expect(walk(document, 'each', 'down')).toBe('one');
  expect(walk(document, 'one', 'right')).toBe('two');
  expect(walk(document, 'two', 'right')).toBe('done');
  expect(walk(document, 'one', 'left')).toBe('each');
  expect(walk(document, 'two', 'up')).toBe('each');
});

test('tidy puts the heads of cards and frames on one line', () => {
  const tidied = tidy(looped(), world);
  const boxes = frameBoxes(tidied, kinds, {});
  expect(boxes.get('each')!.y).toBe(at(tidied, 'in').y);
  expect(at(tidied, 'done').y).toBe(at(tidied, 'in').y);
});
