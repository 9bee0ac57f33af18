import { describe, expect, test } from 'vitest';
import { keepFolded } from '#app/canvas/keep-folded.ts';
import { createCanvasStore } from '#app/canvas/store.ts';
import { alignNodes, distributeNodes, lineUp } from '#app/canvas/system/align.ts';
import { editing } from '#app/canvas/system/editing.ts';
import { flowEdges, flowNodes } from '#app/canvas/system/flow.ts';
import { drawnPositions, flowGroups, flowNotes } from '#app/canvas/system/flow-drawn.ts';
import { addGroup } from '#app/canvas/system/groups.ts';
import { addNote } from '#app/canvas/system/notes.ts';
import { nextEdge } from '#app/canvas/system/walk.ts';
import { kinds } from '#lib/nodes/index.ts';
import type { WorkflowDocument } from '#lib/workflow/document.ts';
import { drawing } from './canvas-support.ts';

const plain = drawing({ in: 'input', a: 'set', b: 'set', out: 'output' }, ['in>a', 'a>b', 'b>out']);
const grouped = addGroup(plain, ['a', 'b'], () => 'g')!.document;
const at = (document: WorkflowDocument): [number, number][] =>
  document.nodes.map(({ position }) => [position.x, position.y]);
const view = { selectedNodes: new Set<string>(), selectedEdges: new Set<string>(), sizes: {} };
const drawn = { kinds, sizes: {}, folded: new Set<string>() };

describe('in line', () => {
  const box = { x: 100, y: 3, width: 200, height: 60 };
  test('a box jumps to the nearest line, and a guide runs along both', () => {
    const other = { x: 500, y: 0, width: 200, height: 60 };
    expect(lineUp(box, [other])).toEqual({
      by: { x: 0, y: -3 },
      guides: [{ axis: 'y', at: 0, from: 100, to: 700 }],
    });
    expect(lineUp(box, [{ ...other, y: 40 }])).toEqual({ by: { x: 0, y: 0 }, guides: [] });
    expect(lineUp(box, [])).toEqual({ by: { x: 0, y: 0 }, guides: [] });
  });
  test('middles of cards of different height are lines, too', () => {
    expect(lineUp({ ...box, y: 0 }, [{ x: 500, y: -18, width: 200, height: 100 }]).by.y).toBe(2);
  });
  test('steps are aligned, and given equal room', () => {
    const uneven = {
      ...plain,
      nodes: plain.nodes.map((node, index) => ({
        ...node,
        position: { x: index * 300 + index ** 2 * 10, y: index * 20 },
      })),
    };
    const ids = uneven.nodes.map(({ id }) => id);
    expect(at(alignNodes(uneven, ids, 'top', drawn)).map(([, y]) => y)).toEqual([0, 0, 0, 0]);
    expect(at(alignNodes(uneven, ids, 'right', drawn)).map(([x]) => x)).toEqual([990, 990, 990, 990]);
    const xs = at(distributeNodes(uneven, ids, 'across', drawn)).map(([x]) => x);
    expect(xs).toEqual([0, 330, 660, 990]);
    expect(alignNodes(uneven, ['a'], 'top', drawn)).toBe(uneven);
    expect(distributeNodes(uneven, ['a', 'b'], 'down', drawn)).toBe(uneven);
  });
});

describe('what is drawn', () => {
  test('a folded group is one card: its steps are not drawn, and edges lead to it', () => {
    const folded = new Set(['g']);
    expect(flowNodes(grouped, kinds, { ...view, folded }, []).map(({ id }) => id)).toEqual(['in', 'out']);
    expect(flowEdges(grouped, { ...view, folded }, []).map(({ source, target }) => [source, target])).toEqual(
      [
        ['in', 'group:g'],
        ['group:g', 'out'],
      ],
    );
    expect(flowGroups(grouped, { ...drawn, folded }, [])[0]).toMatchObject({
      width: 224,
      height: 60,
      zIndex: 0,
    });
  });
  test('what did not change is drawn by the same objects', () => {
    const noted = addNote(grouped, { x: 0, y: 0 }, () => 'n').document;
    const notes = flowNotes(noted, new Set(), []);
    const groups = flowGroups(noted, drawn, []);
    const edges = flowEdges(noted, view, []);
    expect(flowNotes({ ...noted }, new Set(), notes)[0]).toBe(notes[0]);
    expect(flowGroups({ ...noted }, drawn, groups)[0]).toBe(groups[0]);
    expect(flowEdges({ ...noted }, view, edges)[1]).toBe(edges[1]);
    expect(flowNotes(noted, new Set(['n']), notes)[0]).not.toBe(notes[0]);
  });
  test('a dragged group moves its steps, a dragged note itself', () => {
    const noted = addNote(grouped, { x: 0, y: 0 }, () => 'n').document;
    const corner = flowGroups(noted, drawn, [])[0]!.position;
    const told = { 'group:g': { x: corner.x + 16, y: corner.y - 8 }, 'note:n': { x: 40, y: 48 } };
    expect(drawnPositions(noted, drawn, told)).toEqual({
      nodes: { a: { x: 336, y: -8 }, b: { x: 656, y: -8 } },
      notes: { n: { x: 40, y: 48 } },
    });
  });
});

describe('the store', () => {
  const open = (document = grouped) => createCanvasStore(document, kinds, { editable: true, editing });
  test('a step that is chosen is unfolded; a group that is chosen is not', () => {
    const store = open();
    store.getState().fold('g', true);
    store.getState().selectGroup('g');
    expect([...store.getState().folded]).toEqual(['g']);
    store.getState().select(['a']);
    expect([...store.getState().folded]).toEqual([]);
  });
  test('arrows move what is selected, and taking it back is one step', () => {
    const store = open();
    store.getState().addNote({ x: 0, y: 0 });
    const [note] = store.getState().document.notes!;
    store.getState().select(['a'], [], [note!.id]);
    expect(store.getState().nudge({ x: 8, y: 0 })).toBe(true);
    expect(store.getState().nudge({ x: 8, y: 0 })).toBe(true);
    expect(store.getState().document.nodes[1]!.position).toEqual({ x: 336, y: 0 });
    expect(store.getState().document.notes![0]!.position).toEqual({ x: 16, y: 0 });
    expect(store.getState().undo()).toBe('Move');
    expect(store.getState().document.nodes[1]!.position).toEqual({ x: 320, y: 0 });
    store.getState().select([]);
    expect(store.getState().nudge({ x: 8, y: 0 })).toBe(false);
  });
  test('who only looks changes nothing', () => {
    const store = createCanvasStore(grouped, kinds);
    store.getState().addNote();
    store.getState().select(['a', 'b']);
    store.getState().ungroup(['g']);
    store.getState().nudge({ x: 8, y: 8 });
    expect(store.getState().document).toBe(grouped);
    expect(store.getState().editingNote).toBeNull();
  });
  test('which groups are folded is kept in the browser', () => {
    const kept = new Map<string, string>();
    const storage = {
      getItem: (name: string) => kept.get(name) ?? null,
      setItem: (name: string, value: string) => kept.set(name, value),
      removeItem: (name: string) => kept.delete(name),
    } as unknown as Storage;
    const first = open();
    const stop = keepFolded(first, storage, 'w');
    first.getState().fold('g', true);
    const second = open();
    keepFolded(second, storage, 'w');
    expect([...second.getState().folded]).toEqual(['g']);
    const other = open();
    keepFolded(other, storage, 'another');
    expect(other.getState().folded.size).toBe(0);
    stop();
    first.getState().fold('g', false);
    expect([...kept.values()]).toEqual(['["g"]']);
    kept.set('patchbay.folded.w', 'broken');
    keepFolded(open(), storage, 'w');
    expect(kept.size).toBe(0);
  });
});

test('E goes from connection to connection, and arrows to the ends of one', () => {
  expect(nextEdge(plain, { node: null, edge: null })).toBe('in>a');
  expect(nextEdge(plain, { node: null, edge: 'b>out' })).toBe('in>a');
  expect(nextEdge(plain, { node: 'a', edge: null })).toBe('a>b');
  expect(nextEdge(plain, { node: 'out', edge: null })).toBe('b>out');
  expect(nextEdge({ ...plain, edges: [] }, { node: null, edge: null })).toBeNull();
  const store = createCanvasStore(plain, kinds, { editable: true, editing });
  store.getState().select([], ['a>b']);
  store.getState().walk('right');
  expect([...store.getState().selectedNodes]).toEqual(['b']);
});
