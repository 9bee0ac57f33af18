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

/** Positions of the last steps of a body: nothing follows them, and they are not there to end something. */
export function lastSteps({ graph }: Level): number[] {
  return graph.nodes.flatMap(({ kind }, at) =>
    at > 0 && kind.role !== 'end' && graph.outgoing[at]!.length === 0 ? [at] : [],
  );
}

/**
 * What makes the collected value of an item. `fields` are the expressions in the field that says it. Where that is
 * empty it is the value of the last step that ran; null when a way ended before; of an empty body, the item.
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
