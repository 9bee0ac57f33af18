import { describe, expect, it } from 'vitest';
import { kinds } from '#lib/nodes/index.ts';
import { documentChanges } from '#lib/operations/document-changes.ts';
import type { WorkflowDocument } from '#lib/workflow/document.ts';

const node = (id: string, key: string, kind = 'http', config = {}) => ({
  id,
  key,
  kind,
  config,
  position: { x: 0, y: 0 },
});

const before: WorkflowDocument = {
  schemaVersion: 1,
  kind: 'tool',
  name: 'find_order',
  title: 'Find an order',
  description: '',
  nodes: [
    node('1', 'arguments', 'input'),
    node('2', 'fetch_order', 'http', { url: 'https://a', method: 'GET' }),
  ],
  edges: [{ id: 'e', from: { node: '1', handle: 'out' }, to: { node: '2' } }],
  settings: {},
};

const changed = (edit: (document: WorkflowDocument) => void): string[] => {
  const after = structuredClone(before);
  edit(after);
  return documentChanges(before, after, kinds);
};

describe('what changed between two drafts', () => {
  it.each<[string, (document: WorkflowDocument) => void, string[]]>([
    ['nothing', () => {}, []],
    ['a key', (d) => (d.nodes[1]!.key = 'get_order'), ['renamed fetch_order to get_order']],
    ['a new node', (d) => d.nodes.push(node('3', 'fetch_more')), ['added an HTTP request (fetch_more)']],
    [
      'another new node',
      (d) => d.nodes.push(node('3', 'look', 'knowledge')),
      ['added a knowledge look-up (look)'],
    ],
    ['code', (d) => d.nodes.push(node('3', 'sum', 'javascript')), ['added a JavaScript (sum)']],
    ['a removed node', (d) => d.nodes.pop(), ['removed fetch_order']],
    [
      'fields',
      (d) => (d.nodes[1]!.config = { url: 'https://b', method: 'POST' }),
      ['changed url, method of fetch_order'],
    ],
    ['the order of keys', (d) => (d.nodes[1]!.config = { method: 'GET', url: 'https://a' }), []],
    ['an edge', (d) => d.edges.pop(), ['removed a connection']],
    ['a title', (d) => (d.title = 'Look'), ['changed the title to "Look"']],
    ['a place', (d) => (d.nodes[1]!.position = { x: 9, y: 9 }), ['moved a node']],
    ['a limit', (d) => (d.nodes[1]!.settings = { timeoutMs: 5 }), ['changed the settings of fetch_order']],
  ])('%s', (_name, edit, expected) => {
    expect(changed(edit)).toEqual(expected);
  });
});
