import { describe, expect, it } from 'vitest';
import { comparable, folded, lineDiff } from '#app/canvas/system/line-diff.ts';
import { keepReplaced, replacedDrafts } from '#app/canvas/system/replaced-drafts.ts';
import { fieldChanges, isSame, versionDiff } from '#app/canvas/system/version-diff.ts';
import { keptAt, readSide, usualBase, versionOf } from '#app/canvas/versions/sides.ts';
import type { WorkflowDocument, WorkflowNode } from '#lib/workflow/document.ts';

const node = (id: string, kind: string, config: WorkflowNode['config'], x: number): WorkflowNode => ({
  id,
  key: id,
  kind,
  config,
  position: { x, y: 0 },
});
const edge = (id: string, from: string, to: string) => ({
  id,
  from: { node: from, handle: 'out' },
  to: { node: to },
});

const BEFORE: WorkflowDocument = {
  schemaVersion: 1,
  kind: 'tool',
  name: 'find_order',
  title: 'Find',
  description: '',
  nodes: [
    node('start', 'input', { schema: { type: 'object' } }, 0),
    node('fetch', 'http', { method: 'GET', url: 'https://a.example', headers: [{ name: 'a' }] }, 300),
    node('end', 'output', { parts: [] }, 600),
  ],
  edges: [edge('e1', 'start', 'fetch'), edge('e2', 'fetch', 'end')],
  settings: {},
};

describe('two versions as one graph', () => {
  it('has what came, what went and what changed, field by field', () => {
    const [start, fetch, end] = BEFORE.nodes as [WorkflowNode, WorkflowNode, WorkflowNode];
    const after: WorkflowDocument = {
      ...BEFORE,
      title: 'Find an order',
      nodes: [
        { ...start, position: { x: 40, y: 40 } },
        node('lookup', 'javascript', { code: 'return 1;' }, 300),
        { ...end, config: { parts: [{ type: 'text', text: 'x' }] }, settings: { timeoutMs: 10 } },
      ],
      // The first edge was led elsewhere.
      edges: [edge('e1', 'start', 'lookup'), edge('e3', 'lookup', 'end')],
    };
    const diff = versionDiff(BEFORE, after);

    expect(diff.steps.map(({ id, mark }) => `${id} ${mark}`)).toEqual([
      'lookup added',
      'end changed',
      'fetch removed',
    ]);
    expect(diff.steps[1]?.fields).toEqual([
      { path: 'parts', before: [], after: [{ type: 'text', text: 'x' }] },
      { path: 'settings', before: undefined, after: { timeoutMs: 10 } },
    ]);
    expect(diff.workflow).toEqual([{ path: 'title', before: 'Find', after: 'Find an order' }]);
    expect(diff.edges.map(({ mark, from, to }) => `${mark} ${from} → ${to}`)).toEqual([
      'added start → lookup',
      'added lookup → end',
      'removed start → fetch',
      'removed fetch → end',
    ]);
    expect(diff.merged.edges.map(({ id }) => id)).toEqual(['e1', 'e3', 'removed e1', 'removed e2']);
    // Not on top of the step that took its place.
    expect(diff.merged.nodes.find(({ id }) => id === 'fetch')?.position).toMatchObject({ x: 300 });
    expect(diff.merged.nodes.find(({ id }) => id === fetch.id)?.position.y).toBeGreaterThan(0);
  });

  it('says nothing of cards that were moved', () => {
    const moved = BEFORE.nodes.map((one) => ({ ...one, position: { x: 7, y: 7 } }));
    expect(isSame(versionDiff(BEFORE, { ...BEFORE, nodes: moved }))).toBe(true);
    expect(isSame(versionDiff(BEFORE, { ...BEFORE, name: 'other' }))).toBe(false);
  });

  it('goes as deep as it can', () => {
    expect(
      fieldChanges({ list: [{ a: 1, b: 2 }], same: [1] }, { list: [{ a: 1, b: 3 }], same: [1] }),
    ).toEqual([{ path: 'list.0.b', before: 2, after: 3 }]);
    expect(fieldChanges({ a: null }, {})).toEqual([{ path: 'a', before: null, after: undefined }]);
  });
});

it('compares texts by line', () => {
  expect(lineDiff('one\ntwo\nthree', 'one\n2\nthree\nfour')).toEqual([
    { mark: 'same', text: 'one' },
    { mark: 'removed', text: 'two' },
    { mark: 'added', text: '2' },
    { mark: 'same', text: 'three' },
    { mark: 'added', text: 'four' },
  ]);
  expect(lineDiff('', 'a')).toEqual([{ mark: 'added', text: 'a' }]);
  expect(comparable({ a: 1 })).toBe('{\n  "a": 1\n}');
  expect(comparable(undefined)).toBe('');
});

it('leaves out long stretches that are the same', () => {
  const before = Array.from({ length: 20 }, (_, index) => `line ${index}`);
  const lines = lineDiff(before.join('\n'), before.with(10, 'other').join('\n'));
  expect(folded(lines).map((line) => (line.mark === 'left-out' ? line.count : line.text))).toEqual([
    7,
    'line 7',
    'line 8',
    'line 9',
    'line 10',
    'other',
    'line 11',
    'line 12',
    'line 13',
    6,
  ]);
});

describe('drafts that were replaced', () => {
  function storageOf(room: number): Storage {
    const held = new Map<string, string>();
    return {
      getItem: (name: string) => held.get(name) ?? null,
      setItem: (name: string, value: string) => {
        if (value.length > room) throw new Error('full');
        held.set(name, value);
      },
    } as unknown as Storage;
  }

  it('are kept, the newest first, as many as there is room for', () => {
    const storage = storageOf(100_000);
    for (let at = 1; at <= 7; at++) keepReplaced(storage, 'w', { at, by: 'v1', document: BEFORE });
    expect(replacedDrafts(storage, 'w').map(({ at }) => at)).toEqual([7, 6, 5, 4, 3]);
    expect(replacedDrafts(storage, 'another')).toEqual([]);

    const small = storageOf(2.5 * JSON.stringify(BEFORE).length);
    for (let at = 1; at <= 3; at++) {
      expect(keepReplaced(small, 'w', { at, by: 'v1', document: BEFORE })).toBe(true);
    }
    expect(replacedDrafts(small, 'w').map(({ at }) => at)).toEqual([3, 2]);
    expect(keepReplaced(storageOf(10), 'w', { at: 1, by: 'v1', document: BEFORE })).toBe(false);
  });

  it('are none where the browser holds something else', () => {
    const storage = storageOf(1000);
    storage.setItem('patchbay:replaced:w', '[{"at": 1}]');
    expect(replacedDrafts(storage, 'w')).toEqual([]);
  });
});

describe('what an address compares', () => {
  it('is a draft, a version, or a draft that was kept', () => {
    expect(['draft', 'v3', 'kept-12', 'v', 'w3', '', null].map(readSide)).toEqual([
      'draft',
      'v3',
      'kept-12',
      null,
      null,
      null,
      null,
    ]);
    expect([versionOf('v12'), versionOf('draft'), keptAt('kept-12'), keptAt('v1')]).toEqual([
      12,
      null,
      12,
      null,
    ]);
  });

  it('is a version with the one before it, a draft with what is live', () => {
    const versions = [4, 3, 1];
    expect(usualBase('draft', { versions, live: 3 })).toBe('v3');
    expect(usualBase('draft', { versions, live: null })).toBe('v4');
    expect(usualBase('v3', { versions, live: 4 })).toBe('v1');
    expect(usualBase('v1', { versions, live: 4 })).toBeNull();
    expect(usualBase('draft', { versions: [], live: null })).toBeNull();
  });
});
