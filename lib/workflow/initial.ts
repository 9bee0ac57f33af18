import { SCHEMA_VERSION, type WorkflowDocument, type WorkflowNode } from './document.ts';
import type { KindSpec } from './kind.ts';
import { newId } from './new-id.ts';

/** A new workflow: a start and an end, joined. Throws when the kinds offer no start or no end. */
export function initialDocument(
  name: string,
  kinds: ReadonlyMap<string, KindSpec>,
  kind: WorkflowDocument['kind'] = 'tool',
): WorkflowDocument {
  const start = firstNode('start', 0, kinds);
  const end = firstNode('end', 360, kinds);
  const startKind = kinds.get(start.kind)!;
  const config = startKind.config.parse(start.config);
  const handle = startKind.handles(config)[0]!;
  const properties = startKind.contractInput?.(config)['properties'] ?? {};
  return {
    schemaVersion: SCHEMA_VERSION,
    kind,
    name,
    title: '',
    description: '',
    nodes: [start, end],
    edges: [{ id: newId(), from: { node: start.id, handle: handle.id }, to: { node: end.id } }],
    settings: kind === 'resource' ? { resource: { uri: suggestedUri(name, Object.keys(properties)) } } : {},
  };
}

/** A URI for a new resource: its name, and all its arguments. */
export function suggestedUri(name: string, argumentNames: readonly string[]): string {
  const variables = argumentNames.map((argument) => `{${argument}}`).join('/');
  return `${name.replaceAll('_', '-')}://${variables || 'all'}`;
}

/** The first kind of a role whose end answers: one that only fails would make a poor beginning. */
function firstNode(role: 'start' | 'end', x: number, kinds: ReadonlyMap<string, KindSpec>): WorkflowNode {
  const having = [...kinds.values()].filter((kind) => kind.role === role);
  const kind = having.find(({ contractOutput }) => contractOutput) ?? having[0];
  if (!kind) throw new Error(`There is no node kind with the role "${role}".`);
  return {
    id: newId(),
    key: kind.initialKey,
    kind: kind.type,
    config: structuredClone(kind.initial) as WorkflowNode['config'],
    position: { x, y: 0 },
  };
}
