/** Which definition a part of a schema stands in; parts outside all of them stand in the root. */
export const ROOT = '';

/** How a schema's definitions use each other. */
export interface Definitions {
  /** Parts that stand in a definition or in the root, by its name. */
  parts: Map<string, number>;
  /** Names that the parts of each refer to, as often as they do. */
  references: Map<string, string[]>;
}

/**
 * How many parts the schema would have with every reference written out, which is what checking a value may take;
 * or a definition that contains itself. Iterative, in time proportional to the references.
 */
export function expandedSize({ parts, references }: Definitions): { size: number } | { cycle: string } {
  const waiting = new Map<string, number>();
  for (const target of [...references.values()].flat()) waiting.set(target, (waiting.get(target) ?? 0) + 1);
  const left = new Set([...parts.keys(), ...waiting.keys()]);
  const ready = [...left].filter((name) => !waiting.has(name));
  const times = new Map([[ROOT, 1]]);
  let size = 0;
  for (let name = ready.pop(); name !== undefined; name = ready.pop()) {
    left.delete(name);
    const uses = times.get(name) ?? 0;
    size += uses * (parts.get(name) ?? 0);
    for (const target of references.get(name) ?? []) {
      times.set(target, (times.get(target) ?? 0) + uses);
      const still = waiting.get(target)! - 1;
      waiting.set(target, still);
      if (still === 0) ready.push(target);
    }
  }
  // What is left lies on a circle or behind one.
  const cycle = [...left].find((name) => references.has(name));
  return cycle === undefined ? { size } : { cycle };
}
