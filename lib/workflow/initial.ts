import { SCHEMA_VERSION, type WorkflowDocument, type WorkflowNode } from './document.ts';
import type { KindSpec } from './kind.ts';

/** A new workflow: a start and an end, joined. Throws when the kinds offer no start or no end. */
export function initialDocument(name: string, kinds: ReadonlyMap<string, KindSpec>): WorkflowDocument {
  const start = firstNode('start', 0, kinds);
  const end = firstNode('end', 360, kinds);
  const handle = kinds.get(start.kind)!.handles(kinds.get(start.kind)!.config.parse(start.config))[0]!;
  return {
    schemaVersion: SCHEMA_VERSION,
    kind: 'tool',
    name,
    title: '',
    description: '',
    nodes: [start, end],
    edges: [{ id: crypto.randomUUID(), from: { node: start.id, handle: handle.id }, to: { node: end.id } }],
    settings: {},
  };
}

/** The first kind of a role whose end answers: one that only fails would make a poor beginning. */
function firstNode(role: 'start' | 'end', x: number, kinds: ReadonlyMap<string, KindSpec>): WorkflowNode {
  const having = [...kinds.values()].filter((kind) => kind.role === role);
  const kind = having.find(({ contractOutput }) => contractOutput) ?? having[0];
  if (!kind) throw new Error(`There is no node kind with the role "${role}".`);
  return {
    id: crypto.randomUUID(),
    key: kind.initialKey,
    kind: kind.type,
    config: structuredClone(kind.initial) as WorkflowNode['config'],
    position: { x, y: 0 },
  };
}
