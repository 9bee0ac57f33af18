import { buildGraph } from './build-graph.ts';
import type { WorkflowDocument } from './document.ts';
import type { JsonSchema } from './json.ts';
import type { KindSpec } from './kind.ts';
import { ranBefore } from './ran-before.ts';
import { valueSchema } from './value-schema.ts';

/** A value that expressions at some node may read. */
export interface ScopeEntry {
  /** `input` for the arguments, `steps` for the value of a node. */
  root: 'input' | 'steps';
  /** What follows the root: `steps.<key>`. Of the arguments, the key of the start node. */
  key: string;
  nodeId: string;
  /** The value, as far as it is known without running. */
  schema: JsonSchema;
  /** The kind's title. */
  title: string;
  /** It has run whenever this node runs; otherwise a branch may have left it out, and it is undefined. */
  certain: boolean;
}

/**
 * What expressions at a node may read, the nearest steps first and the arguments last. Nothing for a node that no
 * run reaches, and while the steps go round in a circle.
 */
export function scopeAt(
  document: WorkflowDocument,
  nodeId: string,
  kinds: ReadonlyMap<string, KindSpec>,
): ScopeEntry[] {
  const { graph } = buildGraph(document, kinds);
  const at = graph?.nodes.findIndex(({ node }) => node.id === nodeId) ?? -1;
  if (!graph || at < 0) return [];
  const ran = ranBefore(graph);
  return graph.nodes
    .slice(0, at)
    .flatMap((entry, index): ScopeEntry[] => {
      if (!ran.precedes(index, at)) return [];
      const { node, kind, config } = entry;
      const isStart = kind.role === 'start';
      return [
        {
          root: isStart ? 'input' : 'steps',
          key: node.key,
          nodeId: node.id,
          schema: isStart ? (kind.contractInput?.(config) ?? {}) : valueSchema(entry),
          title: kind.title,
          certain: ran.certain(index, at),
        },
      ];
    })
    .reverse();
}
