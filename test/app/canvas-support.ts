import type { EditContext } from '#app/canvas/system/add-node.ts';
import { kinds } from '#lib/nodes/index.ts';
import type { WorkflowDocument, WorkflowNode } from '#lib/workflow/document.ts';

/** A workflow of the named kinds; an edge `a.handle>b` connects, `a>b` from the handle `out`. */
export function drawing(nodes: Record<string, string>, edges: string[] = []): WorkflowDocument {
  return {
    schemaVersion: 1,
    kind: 'tool',
    name: 'find_order',
    title: 'Find order',
    description: 'Finds an order.',
    settings: {},
    nodes: Object.entries(nodes).map(([key, kind], index): WorkflowNode => {
      const spec = kinds.get(kind);
      if (!spec) throw new Error(`no kind ${kind}`);
      return {
        id: key,
        key,
        kind,
        config: structuredClone(spec.initial) as WorkflowNode['config'],
        position: { x: index * 320, y: 0 },
      };
    }),
    edges: edges.map((text) => {
      const [source = '', to = ''] = text.split('>');
      const [node = '', handle = 'out'] = source.split('.');
      return { id: text, from: { node, handle }, to: { node: to } };
    }),
  };
}

/** Edges as text, in the form `drawing` takes. */
export function wires(document: WorkflowDocument): string[] {
  const key = (id: string): string => document.nodes.find((node) => node.id === id)?.key ?? id;
  return document.edges
    .map(
      ({ from, to }) => `${key(from.node)}${from.handle === 'out' ? '' : `.${from.handle}`}>${key(to.node)}`,
    )
    .sort();
}

/** A context whose ids count up. */
export function editing(): EditContext {
  let count = 0;
  return { kinds, sizes: {}, newId: () => `new-${++count}` };
}

export function kindOf(type: string) {
  const kind = kinds.get(type);
  if (!kind) throw new Error(`no kind ${type}`);
  return kind;
}
