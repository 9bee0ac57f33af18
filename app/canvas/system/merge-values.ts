import { diff3Merge } from 'node-diff3';
import { isJsonObject, type JsonValue } from '#lib/workflow/json.ts';
import { sameJson } from '#lib/workflow/same-json.ts';

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
  if (sameJson(mine, theirs) || sameJson(base, theirs)) return mine;
  if (sameJson(base, mine)) return theirs;
  if (isJsonObject(mine) && isJsonObject(theirs) && (isJsonObject(base) || base === undefined)) {
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

function member(value: Record<string, JsonValue>, name: string): Part {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}
