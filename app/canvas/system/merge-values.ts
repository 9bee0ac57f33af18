import { diff3Merge } from 'node-diff3';
import type { JsonValue } from '#lib/workflow/json.ts';

/** Undefined where there is none. */
export type Part = JsonValue | undefined;

/** Names of members, from the whole inwards. */
export type PartPath = readonly string[];

export interface Sides {
  /** What both began with. */
  base: Part;
  mine: Part;
  theirs: Part;
}

/** Called where both changed the same thing; what is to stand there. */
export type Decide = (path: PartPath, sides: Sides) => Part;

/**
 * Merges what two people made of a JSON value. Objects are merged member by member, texts of several lines line by
 * line; lists and all else are taken whole from whoever changed them, and decided on where both did.
 */
export function mergeValues(path: PartPath, sides: Sides, decide: Decide): Part {
  const { base, mine, theirs } = sides;
  if (same(mine, theirs) || same(base, theirs)) return mine;
  if (same(base, mine)) return theirs;
  if (isObject(mine) && isObject(theirs) && (isObject(base) || base === undefined)) {
    const from = base ?? {};
    const names = new Set([...Object.keys(theirs), ...Object.keys(mine)]);
    const merged = [...names].map((name) => {
      const inner = { base: member(from, name), mine: member(mine, name), theirs: member(theirs, name) };
      return [name, mergeValues([...path, name], inner, decide)] as const;
    });
    return Object.fromEntries(merged.filter((entry): entry is [string, JsonValue] => entry[1] !== undefined));
  }
  if (typeof base === 'string' && typeof mine === 'string' && typeof theirs === 'string') {
    const text = mergeLines(base, mine, theirs);
    if (text !== null) return text;
  }
  return decide(path, sides);
}

/** Null where both changed the same lines, or the texts have one line only. */
function mergeLines(base: string, mine: string, theirs: string): string | null {
  if (!base.includes('\n')) return null;
  const lines = (text: string): string[] => text.split('\n');
  const regions = diff3Merge(lines(mine), lines(base), lines(theirs), { excludeFalseConflicts: true });
  if (regions.some(({ conflict }) => conflict)) return null;
  return regions.flatMap(({ ok }) => ok ?? []).join('\n');
}

/** Equal as JSON, whatever the order of the members; a member that is undefined is none. */
export function same(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (Array.isArray(one)) {
    return (
      Array.isArray(other) && one.length === other.length && one.every((item, at) => same(item, other[at]))
    );
  }
  if (!isObject(one) || !isObject(other)) return false;
  const there = (value: Record<string, unknown>): string[] =>
    Object.keys(value).filter((name) => value[name] !== undefined);
  const names = there(one);
  return (
    names.length === there(other).length &&
    names.every((name) => Object.hasOwn(other, name) && same(one[name], other[name]))
  );
}

function member(value: Record<string, JsonValue>, name: string): Part {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

function isObject(value: unknown): value is Record<string, JsonValue> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
