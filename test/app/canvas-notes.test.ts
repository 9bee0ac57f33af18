import { describe, expect, test } from 'vitest';
import { createCanvasStore } from '#app/canvas/store.ts';
import { changesBetween } from '#app/canvas/system/changes.ts';
import { copyNodes, pasteNodes } from '#app/canvas/system/clipboard.ts';
import { editing as edits } from '#app/canvas/system/editing.ts';
import { frameBoxes } from '#app/canvas/system/frames.ts';
import {
  addGroup,
  foldedNodes,
  groupBoxes,
  groupMoved,
  groupOfAll,
  refuseGroup,
  removeGroups,
  setGroup,
  settleGroups,
} from '#app/canvas/system/groups.ts';
import { mergeDocuments } from '#app/canvas/system/merge.ts';
import {
  addNote,
  freeNotePlace,
  moveNotes,
  noteTitle,
  removeNotes,
  resizeNote,
  setNote,
} from '#app/canvas/system/notes.ts';
import { tidy } from '#app/canvas/system/tidy.ts';
import { kinds } from '#lib/nodes/index.ts';
import { compile } from '#lib/workflow/compile.ts';
import type { WorkflowDocument } from '#lib/workflow/document.ts';
import { drawing, editing } from './canvas-support.ts';

const plain = drawing({ in: 'input', a: 'set', b: 'set', c: 'set', out: 'output' }, [
  'in>a',
  'a>b',
  'b>c',
  'c>out',
]);
const grouped = (document: WorkflowDocument, ...ids: string[]): WorkflowDocument =>
  addGroup(document, ids, editing().newId)!.document;
const inLoop: WorkflowDocument = {
  ...drawing({ in: 'input', each: 'for-each', x: 'set', y: 'set' }, ['in>each', 'each.each>x', 'x>y']),
};
for (const node of inLoop.nodes) if (node.key === 'x' || node.key === 'y') node.parent = 'each';

describe('notes', () => {
  const { document, id } = addNote(plain, { x: 3, y: 5 }, editing().newId);
  test('a note is written, moved, resized and removed', () => {
    expect(document.notes).toEqual([
      { id, text: '', position: { x: 0, y: 8 }, size: { width: 240, height: 120 }, colour: 'yellow' },
    ]);
    const written = setNote(document, id, { text: '## Why\nBecause', colour: 'blue' });
    expect(noteTitle(written.notes![0]!)).toBe('Why');
    expect(moveNotes(written, { [id]: { x: 16, y: 16 } }).notes![0]!.position).toEqual({ x: 16, y: 16 });
    expect(moveNotes(written, { [id]: { x: 0, y: 8 } })).toBe(written);
    expect(resizeNote(written, id, { width: 5, height: 9999 }).notes![0]!.size).toEqual({
      width: 96,
      height: 1600,
    });
    expect(removeNotes(written, [id])).toEqual(plain);
  });
  test('a new note covers nothing that is there', () => {
    const free = (document: WorkflowDocument) =>
      freeNotePlace(document, { x: 300, y: 30 }, { kinds, sizes: {} });
    expect(free(plain)).toEqual({ x: 300, y: -136 });
    expect(free(addNote(plain, free(plain), () => 'n').document)).toEqual({ x: 300, y: 76 });
    expect(free({ ...plain, nodes: [] })).toEqual({ x: 300, y: -30 });
  });
  test('the compiler says the same with and without notes and groups', () => {
    const drawn = addGroup(document, ['a', 'b'], () => 'g')!.document;
    expect(compile(drawn, kinds).problems).toEqual(compile(plain, kinds).problems);
    expect(compile(drawn, kinds).contract).toEqual(compile(plain, kinds).contract);
  });
  test('a change of a note is told; moving it is none', () => {
    expect(changesBetween(plain, document)).toEqual([{ text: 'Added a note' }]);
    expect(changesBetween(document, setNote(document, id, { text: 'x' }))).toEqual([
      { text: 'Changed a note' },
    ]);
    expect(changesBetween(document, plain)).toEqual([{ text: 'Removed a note' }]);
    expect(changesBetween(document, moveNotes(document, { [id]: { x: 80, y: 0 } }))).toEqual([]);
  });
  test('of two people both notes stay, and one note changed by both is a conflict of its text', () => {
    const other = addNote(plain, { x: 0, y: 0 }, () => 'other').document;
    const both = mergeDocuments({ base: plain, mine: document, theirs: other }, kinds);
    expect(both.conflicts).toEqual([]);
    expect(both.document.notes?.map((note) => note.id).sort()).toEqual([id, 'other'].sort());
    const mine = moveNotes(setNote(document, id, { text: 'mine' }), { [id]: { x: 8, y: 8 } });
    const theirs = moveNotes(setNote(document, id, { text: 'theirs' }), { [id]: { x: 16, y: 8 } });
    const { conflicts } = mergeDocuments({ base: document, mine, theirs }, kinds);
    expect(conflicts.map(({ place }) => place)).toEqual(['text of a note']);
  });
});

describe('groups', () => {
  test('steps become a group, and leave the one they were in', () => {
    const once = grouped(plain, 'a', 'b');
    expect(once.groups).toEqual([{ id: 'new-1', title: 'Group 1', nodes: ['a', 'b'] }]);
    const twice = addGroup(once, ['b', 'c'], () => 'g2')!.document;
    expect(twice.groups?.map(({ title, nodes }) => [title, nodes])).toEqual([
      ['Group 1', ['a']],
      ['Group 2', ['b', 'c']],
    ]);
    expect(groupOfAll(twice, new Set(['b', 'c']))?.id).toBe('g2');
    expect(groupOfAll(twice, new Set(['a', 'b', 'c']))).toBeUndefined();
    expect(removeGroups(once, ['new-1'])).toEqual(plain);
  });
  test('a group may not mix what is inside a loop with what is outside', () => {
    expect(refuseGroup(inLoop, ['in', 'x'])).toContain('one frame');
    expect(refuseGroup(inLoop, ['x', 'y'])).toBeNull();
    expect(refuseGroup(inLoop, ['each', 'x'])).toBeNull();
    expect(addGroup(inLoop, ['each', 'x', 'in'], () => 'g')!.document.groups?.[0]?.nodes).toEqual([
      'each',
      'in',
    ]);
    expect(refuseGroup(plain, [])).toContain('Select');
  });
  test('what is deleted, or put into a frame, leaves its group; an empty group goes', () => {
    const drawn = grouped(plain, 'a', 'b');
    const without = { ...drawn, nodes: drawn.nodes.filter(({ id }) => id !== 'a') };
    expect(settleGroups(without).groups?.[0]?.nodes).toEqual(['b']);
    expect(settleGroups({ ...drawn, nodes: [] }).groups).toBeUndefined();
    expect(settleGroups(drawn)).toBe(drawn);
    const store = createCanvasStore(drawn, kinds, { editable: true, editing: edits });
    store.getState().select(['a', 'b']);
    store.getState().deleteSelected();
    expect(store.getState().document.groups).toBeUndefined();
    store.getState().undo();
    expect(store.getState().document.groups).toEqual(drawn.groups);
  });
  test('title, description and colour are set, and taken back by leaving them empty', () => {
    const drawn = setGroup(grouped(plain, 'a'), 'new-1', {
      title: 'Load',
      description: 'Why',
      colour: 'green',
    });
    expect(drawn.groups?.[0]).toMatchObject({ title: 'Load', description: 'Why', colour: 'green' });
    expect(setGroup(drawn, 'new-1', { description: '' }).groups?.[0]).not.toHaveProperty('description');
    expect(changesBetween(plain, drawn)).toEqual([{ text: 'Added the group Load' }]);
    expect(changesBetween(drawn, setGroup(drawn, 'new-1', { title: 'Read' }))).toEqual([
      { text: 'Changed the group Read' },
    ]);
  });
  test('a folded group hides what is in it, also what stands in a loop in it', () => {
    const drawn = grouped(inLoop, 'each');
    expect([...foldedNodes(drawn, new Set(['new-1'])).keys()].sort()).toEqual(['each', 'x', 'y']);
    expect(foldedNodes(drawn, new Set()).size).toBe(0);
  });
  test('the box lies around the steps, and moves them by as much', () => {
    const drawn = grouped(plain, 'a', 'b');
    const frames = frameBoxes(drawn, kinds, {});
    expect(groupBoxes(drawn, { sizes: {}, frames }).get('new-1')).toEqual({
      x: 296,
      y: -48,
      width: 592,
      height: 132,
    });
    expect(groupMoved(drawn, drawn.groups![0]!, { x: 8, y: 16 }, frames)).toEqual({
      a: { x: 328, y: 16 },
      b: { x: 648, y: 16 },
    });
  });
  test('tidy keeps a group together: no other step stands in its box', () => {
    const wide = drawing({ in: 'input', a: 'set', b: 'set', c: 'set', d: 'set', out: 'output' }, [
      'in>a',
      'in>b',
      'in>c',
      'a>d',
      'b>d',
      'c>d',
      'd>out',
    ]);
    const drawn = tidy(grouped(wide, 'a', 'd'), { kinds, sizes: {} });
    const box = groupBoxes(drawn, { sizes: {}, frames: new Map() }).get('new-1')!;
    const covered = drawn.nodes.filter(
      ({ id, position: { x, y } }) =>
        !['a', 'd'].includes(id) &&
        x < box.x + box.width &&
        x + 224 > box.x &&
        y < box.y + box.height &&
        y + 60 > box.y,
    );
    expect(covered.map(({ key }) => key)).toEqual([]);
  });
  test('notes and whole groups are copied along', () => {
    const noted = addNote(grouped(plain, 'a', 'b'), { x: 0, y: 0 }, () => 'n1').document;
    const text = copyNodes(noted, ['a', 'b'], ['n1'])!;
    const pasted = pasteNodes(noted, text, null, editing())!;
    expect(pasted.document.groups?.[1]?.nodes).toEqual(pasted.ids);
    expect(pasted.document.notes).toHaveLength(2);
    expect(pasted.notes).toHaveLength(1);
    const part = pasteNodes(noted, copyNodes(noted, ['a'])!, null, editing())!;
    expect(part.document.groups).toHaveLength(1);
    const alone = pasteNodes(plain, copyNodes(noted, [], ['n1'])!, null, editing())!;
    expect(alone.document.notes).toHaveLength(1);
  });
  test('of two people one may rename a group while the other adds to it', () => {
    const base = grouped(plain, 'a', 'b');
    const mine = setGroup(base, 'new-1', { title: 'Mine' });
    const theirs = { ...base, groups: [{ ...base.groups![0]!, nodes: ['a', 'b', 'c'] }] };
    const { document, conflicts } = mergeDocuments({ base, mine, theirs }, kinds);
    expect(conflicts).toEqual([]);
    expect(document.groups).toEqual([{ id: 'new-1', title: 'Mine', nodes: ['a', 'b', 'c'] }]);
  });
  test('who deletes a step of a group that the other renames: the group keeps the rest', () => {
    const base = grouped(plain, 'a', 'b');
    const mine = settleGroups({ ...base, nodes: base.nodes.filter(({ id }) => id !== 'a'), edges: [] });
    const theirs = setGroup(base, 'new-1', { title: 'Theirs' });
    expect(mergeDocuments({ base, mine, theirs }, kinds).document.groups).toEqual([
      { id: 'new-1', title: 'Theirs', nodes: ['b'] },
    ]);
  });
});

test.each([
  ['a step that is not there', { groups: [{ id: 'g', title: 'G', nodes: ['gone'] }] }, 'group_node'],
  [
    'a step of two groups',
    {
      groups: [
        { id: 'g', title: 'G', nodes: ['a'] },
        { id: 'h', title: 'H', nodes: ['a'] },
      ],
    },
    'group_shared',
  ],
  [
    'two of one id',
    {
      groups: [
        { id: 'g', title: 'G', nodes: ['a'] },
        { id: 'g', title: 'H', nodes: ['b'] },
      ],
    },
    'duplicate_id',
  ],
  [
    'a note that is too long',
    {
      notes: [
        {
          id: 'n',
          text: 'x'.repeat(4001),
          position: { x: 0, y: 0 },
          size: { width: 100, height: 100 },
          colour: 'red',
        },
      ],
    },
    'document_invalid',
  ],
  [
    'a colour that is none',
    {
      notes: [
        { id: 'n', text: '', position: { x: 0, y: 0 }, size: { width: 100, height: 100 }, colour: 'url(x)' },
      ],
    },
    'document_invalid',
  ],
])('refused: %s', (_, change, code) => {
  expect(
    compile({ ...plain, ...change } as WorkflowDocument, kinds).problems.map((problem) => problem.code),
  ).toContain(code);
});

test('refused: a group over the border of a loop', () => {
  const document = { ...inLoop, groups: [{ id: 'g', title: 'G', nodes: ['in', 'x'] }] };
  expect(compile(document, kinds).problems.map((problem) => problem.code)).toContain('group_levels');
});
