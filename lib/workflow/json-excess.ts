/**
 * Why a value is more than may be looked into, in words ("is nested deeper than 64"): its depth, the number of its
 * values, a member that would be a prototype. Null when it is not. Takes no recursion: no value is too deep for it.
 */
export function jsonExcess(value: unknown, most: { depth: number; values: number }): string | null {
  let level: unknown[] = [value];
  let count = 1;
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > most.depth) return `is nested deeper than ${most.depth}`;
    const next: unknown[] = [];
    for (const item of level) {
      if (typeof item !== 'object' || item === null) continue;
      if (Object.hasOwn(item, '__proto__')) return 'has a member named "__proto__"';
      for (const member of Object.values(item)) next.push(member);
    }
    count += next.length;
    if (count > most.values) return `has more than ${most.values} values`;
    level = next;
  }
  return null;
}
