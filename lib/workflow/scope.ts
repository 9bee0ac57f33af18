import { buildGraph } from './build-graph.ts';
import type { WorkflowDocument } from './document.ts';
import type { JsonSchema } from './json.ts';
import type { KindSpec } from './kind.ts';
import { learnSchemas, schemaSeen } from './known-schemas.ts';
import { allSeenFrom, type Place, placesOf } from './place.ts';

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
 * run reaches, and while the steps go round in a circle. `field`: the config field it is read in, because what a
 * container collects is read inside it.
 */
export function scopeAt(
  document: WorkflowDocument,
  nodeId: string,
  kinds: ReadonlyMap<string, KindSpec>,
  field?: string,
): ScopeEntry[] {
  const learned = learn(document, kinds);
  const place = learned?.places.get(nodeId);
  if (!learned || !place) return [];
  const { known } = learned;
  const { level, at } = place;
  const inside = field === level.graph.nodes[at]!.kind.body?.collect ? level.bodies.get(at) : undefined;
  const from: Place = inside && place.as === 'step' ? { level: inside, at: 0, as: 'end' } : place;
  return allSeenFrom(from).map((seen): ScopeEntry => {
    const { node, kind } = seen.level.graph.nodes[seen.position]!;
    const isStart = kind.role === 'start';
    return {
      root: isStart ? 'input' : 'steps',
      key: node.key,
      nodeId: node.id,
      schema: isStart ? known.input : schemaSeen(seen, known),
      title: kind.title,
      certain: seen.when === 'certain',
    };
  });
}

interface Learned {
  kinds: ReadonlyMap<string, KindSpec>;
  places: ReadonlyMap<string, Place>;
  known: ReturnType<typeof learnSchemas>;
}

/** Of a document that never changes: the form of a step and the list beside it ask for the same, one after the other. */
const learnedOf = new WeakMap<WorkflowDocument, Learned>();

/** Where every node stands, and what is known of the values; null while no order can be made of the graph. */
function learn(document: WorkflowDocument, kinds: ReadonlyMap<string, KindSpec>): Learned | null {
  const before = learnedOf.get(document);
  if (before?.kinds === kinds) return before;
  const { levels, undo } = buildGraph(document, kinds);
  const [top] = levels ?? [];
  if (!levels || !top) return null;
  const learned = { kinds, places: placesOf(levels, undo), known: learnSchemas(top) };
  learnedOf.set(document, learned);
  return learned;
}
