import type { JsonValue } from './json.ts';
import type { Level } from './levels.ts';
import type { Body } from './plan.ts';
import { type CompiledField, resolver } from './resolver.ts';

/** What is written in the field that says what a container collects; null when nothing is. */
export function collectField({ outer }: Level): JsonValue {
  const { kind, config } = outer!.level.graph.nodes[outer!.at]!;
  const written = (config as Record<string, JsonValue | undefined>)[kind.body!.collect] ?? null;
  return typeof written === 'string' && written.trim() === '' ? null : written;
}

/** Positions of the steps that may be the last to run: nothing follows one of their handles. */
export function lastSteps({ graph }: Level): number[] {
  const { nodes, edges, outgoing } = graph;
  return nodes.flatMap(({ kind, handles }, at) => {
    if (at === 0 || kind.role === 'end') return [];
    const followed = new Set(outgoing[at]!.map((edge) => edges[edge]!.handle));
    return handles.every((handle) => followed.has(handle)) ? [] : [at];
  });
}

/**
 * What makes the collected value of an item. `fields` are the expressions in the field that says it. Where that is
 * empty it is the value of the last step that ran, of several the last in order; of an empty body, the item.
 */
export function collector(level: Level, fields: readonly CompiledField[]): Body['collect'] {
  const { nodes } = level.graph;
  const written = collectField(level);
  if (written !== null) {
    const name = nodes[0]!.kind.body!.collect;
    const resolve = resolver({ [name]: written }, fields, undefined);
    return (scope) => (resolve(scope) as Record<string, JsonValue | undefined>)[name] ?? null;
  }
  const container = nodes[0]!.node.key;
  if (nodes.length === 1) {
    return ({ steps }) => (steps[container] as { item?: JsonValue } | undefined)?.item ?? null;
  }
  const keys = lastSteps(level)
    .map((at) => nodes[at]!.node.key)
    .reverse();
  return ({ steps }) => {
    const last = keys.find((key) => steps[key] !== undefined);
    return last === undefined ? null : steps[last]!;
  };
}
