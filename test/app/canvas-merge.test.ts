import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeDocuments } from '#app/canvas/system/merge.ts';
import { kinds } from '#lib/nodes/index.ts';
import type { WorkflowDocument, WorkflowNode } from '#lib/workflow/document.ts';
import { renameKey } from '#lib/workflow/rename.ts';
import { drawing, wires } from './canvas-support.ts';

const base = drawing({ start: 'input', load: 'http', plan: 'javascript', answer: 'output' }, [
  'start>load',
  'load>plan',
  'plan>answer',
]);

function withNode(
  document: WorkflowDocument,
  key: string,
  change: (node: WorkflowNode) => Partial<WorkflowNode>,
): WorkflowDocument {
  const nodes = document.nodes.map((node) => (node.key === key ? { ...node, ...change(node) } : node));
  return { ...document, nodes };
}

function withConfig(document: WorkflowDocument, key: string, config: object): WorkflowDocument {
  return withNode(document, key, (node) => ({ config: { ...node.config, ...config } }));
}

function added(document: WorkflowDocument, node: WorkflowNode, after: string): WorkflowDocument {
  const edge = { id: `${after}>${node.id}`, from: { node: after, handle: 'out' }, to: { node: node.id } };
  return { ...document, nodes: [...document.nodes, node], edges: [...document.edges, edge] };
}

function without(document: WorkflowDocument, key: string): WorkflowDocument {
  return {
    ...document,
    nodes: document.nodes.filter((node) => node.key !== key),
    edges: document.edges.filter(({ from, to }) => from.node !== key && to.node !== key),
  };
}

const sets = (id: string, values: Record<string, string> = {}): WorkflowNode => ({
  ...drawing({ [id]: 'set' }).nodes[0]!,
  config: { values },
});

const configOf = (document: WorkflowDocument, key: string): WorkflowNode['config'] | undefined =>
  document.nodes.find((node) => node.key === key)?.config;

const merge = (mine: WorkflowDocument, theirs: WorkflowDocument, choices = {}) =>
  mergeDocuments({ base, mine, theirs }, kinds, choices);

describe('two people at one draft', () => {
  it('who changed different things both get theirs', () => {
    const mine = { ...withConfig(base, 'load', { url: 'https://a.example' }), title: 'Mine' };
    const theirs = added(withConfig(base, 'load', { method: 'POST' }), sets('more'), 'plan');
    const { document, conflicts } = merge(mine, theirs);
    expect(conflicts).toEqual([]);
    expect(configOf(document, 'load')).toMatchObject({ url: 'https://a.example', method: 'POST' });
    expect(document.title).toBe('Mine');
    expect(wires(document)).toEqual(['load>plan', 'plan>answer', 'plan>more', 'start>load']);
  });

  it('who changed the same field are asked, and each answer is kept', () => {
    const mine = withConfig(base, 'load', { url: 'https://mine.example' });
    const theirs = withConfig(base, 'load', { url: 'https://theirs.example' });
    const { document, conflicts } = merge(mine, theirs);
    expect(conflicts).toEqual([
      {
        id: 'nodes/load/config/url',
        nodeId: 'load',
        place: 'url of load',
        base: configOf(base, 'load')!['url'],
        mine: 'https://mine.example',
        theirs: 'https://theirs.example',
      },
    ]);
    expect(configOf(document, 'load')!['url']).toBe('https://mine.example');
    const taken = merge(mine, theirs, { 'nodes/load/config/url': 'theirs' });
    expect(configOf(taken.document, 'load')!['url']).toBe('https://theirs.example');
  });

  it('merges code by line', () => {
    const code = 'const a = 1;\n\nconst b = 2;\n\nreturn a + b;';
    const start = withConfig(base, 'plan', { code });
    const mine = withConfig(start, 'plan', { code: code.replace('a = 1', 'a = 10') });
    const theirs = withConfig(start, 'plan', { code: code.replace('a + b', 'a * b') });
    const merged = mergeDocuments({ base: start, mine, theirs }, kinds);
    expect(merged.conflicts).toEqual([]);
    expect(configOf(merged.document, 'plan')!['code']).toBe('const a = 10;\n\nconst b = 2;\n\nreturn a * b;');
  });

  it('follows a step that the other one renamed', () => {
    const mine = added(base, sets('note', { text: '{{ steps.load.body }}' }), 'load');
    const theirs = renameKey(base, 'load', 'fetch', kinds);
    const { document, conflicts } = merge(mine, theirs);
    expect(conflicts).toEqual([]);
    expect(configOf(document, 'note')).toEqual({ values: { text: '{{ steps.fetch.body }}' } });
    expect(document.nodes.map(({ key }) => key)).toEqual(['start', 'fetch', 'plan', 'answer', 'note']);
  });

  it('keeps references right when two steps swapped their names', () => {
    const start = added(base, sets('note', { text: '{{ steps.load }} {{ steps.plan }}' }), 'plan');
    let theirs = renameKey(start, 'load', 'x', kinds);
    theirs = renameKey(theirs, 'plan', 'load', kinds);
    theirs = renameKey(theirs, 'x', 'plan', kinds);
    const { document } = mergeDocuments({ base: start, mine: { ...start, title: 'Mine' }, theirs }, kinds);
    expect(configOf(document, 'note')).toEqual({ values: { text: '{{ steps.plan }} {{ steps.load }}' } });
    expect(document.nodes.find(({ id }) => id === 'load')?.key).toBe('plan');
  });

  it('asks when both renamed a step, and keeps what both wrote about it', () => {
    const start = added(base, sets('note', { text: '{{ steps.load }}' }), 'plan');
    const mine = renameKey(start, 'load', 'get_it', kinds);
    const theirs = renameKey(start, 'load', 'fetch', kinds);
    const documents = { base: start, mine, theirs };
    const { conflicts } = mergeDocuments(documents, kinds);
    expect(conflicts.map(({ place, mine, theirs }) => [place, mine, theirs])).toEqual([
      ['name of load', 'get_it', 'fetch'],
    ]);
    const taken = mergeDocuments(documents, kinds, { 'nodes/load/key': 'theirs' });
    expect(configOf(taken.document, 'note')).toEqual({ values: { text: '{{ steps.fetch }}' } });
  });

  it('gives a new step another name when both have one of that name', () => {
    const mine = added(base, { ...sets('m', { a: '1' }), key: 'note' }, 'plan');
    const theirs = added(base, { ...sets('t', { b: '2' }), key: 'note' }, 'plan');
    const { document, conflicts } = merge(mine, theirs);
    expect(conflicts).toEqual([]);
    expect(configOf(document, 'note')).toEqual({ values: { b: '2' } });
    expect(configOf(document, 'note_2')).toEqual({ values: { a: '1' } });
  });

  it('asks when one deleted what the other changed, and not when it was only moved', () => {
    const gone = without(base, 'plan');
    const changed = merge(gone, withConfig(base, 'plan', { code: 'return 1;' }));
    expect(changed.conflicts.map(({ place, mine }) => [place, mine])).toEqual([['step plan', undefined]]);
    const moved = merge(
      gone,
      withNode(base, 'plan', () => ({ position: { x: 7, y: 7 } })),
    );
    expect(moved.conflicts).toEqual([]);
    expect(moved.document.nodes.map(({ key }) => key)).toEqual(['start', 'load', 'answer']);
  });

  it('drops edges whose step is gone, and draws none twice', () => {
    const theirs = added(base, sets('more'), 'plan');
    const { document } = merge(without(base, 'plan'), theirs);
    expect(wires(document)).toEqual(['start>load']);
    const edge = { id: 'other', from: { node: 'start', handle: 'out' }, to: { node: 'plan' } };
    const twice = merge(
      { ...base, edges: [...base.edges, edge] },
      { ...base, edges: [...base.edges, { ...edge, id: 'another' }] },
    );
    expect(wires(twice.document)).toEqual(['load>plan', 'plan>answer', 'start>load', 'start>plan']);
  });

  it('merges notes and groups one by one, and a group’s steps as a set', () => {
    const note = (id: string, text: string) => ({
      id,
      text,
      position: { x: 0, y: 0 },
      size: { width: 200, height: 100 },
      colour: 'yellow' as const,
    });
    const start = {
      ...base,
      notes: [note('n', 'old')],
      groups: [{ id: 'g', title: 'Fetch', nodes: ['load', 'plan'] }],
    };
    const mine = {
      ...start,
      notes: [...start.notes, note('m', 'mine')],
      groups: [{ id: 'g', title: 'Fetch', nodes: ['load', 'plan', 'answer'] }],
    };
    const theirs = {
      ...without(start, 'plan'),
      notes: [note('n', 'new'), note('t', 'theirs')],
      groups: [{ id: 'g', title: 'Load', nodes: ['load'] }],
    };
    const { document, conflicts } = mergeDocuments({ base: start, mine, theirs }, kinds);
    expect(conflicts).toEqual([]);
    expect(document.notes?.map(({ text }) => text)).toEqual(['new', 'theirs', 'mine']);
    expect(document.groups).toEqual([{ id: 'g', title: 'Load', nodes: ['load', 'answer'] }]);
    expect(merge(base, base).document).not.toHaveProperty('notes');
  });

  it('leaves my cards where I put them', () => {
    const at = (x: number) => withNode(base, 'load', () => ({ position: { x, y: 0 } }));
    const { document, conflicts } = merge(at(100), at(200));
    expect([document.nodes[1]!.position, conflicts]).toEqual([{ x: 100, y: 0 }, []]);
  });

  it('takes a side whole when the other did nothing, whatever it did', () => {
    const edits = fc.constantFrom<(document: WorkflowDocument) => WorkflowDocument>(
      (document) => withConfig(document, 'load', { url: 'https://x.example' }),
      (document) => renameKey(document, 'load', 'fetch', kinds),
      (document) => without(document, 'plan'),
      (document) => added(document, sets(`n${document.nodes.length}`), 'start'),
      (document) => ({ ...document, title: `${document.title}!` }),
      (document) => ({ ...document, settings: { timeoutMs: 1000 + document.nodes.length } }),
    );
    fc.assert(
      fc.property(fc.array(edits, { maxLength: 5 }), (list) => {
        const edited = list.reduce((document, edit) => edit(document), base);
        for (const merged of [merge(edited, base), merge(base, edited), merge(edited, edited)]) {
          expect(merged.conflicts).toEqual([]);
          const order = (document: WorkflowDocument) => ({
            ...document,
            nodes: document.nodes.toSorted((one, other) => one.id.localeCompare(other.id)),
            edges: document.edges.toSorted((one, other) => one.id.localeCompare(other.id)),
          });
          expect(order(merged.document)).toEqual(order(edited));
        }
      }),
      { seed: 7, numRuns: 100 },
    );
  });

  it('takes a deletion for what it is when the other only renamed the step', () => {
    const { document, conflicts } = merge(without(base, 'load'), renameKey(base, 'load', 'fetch', kinds));
    expect(conflicts).toEqual([]);
    expect(document.nodes.map(({ key }) => key)).toEqual(['start', 'plan', 'answer']);
  });
});
