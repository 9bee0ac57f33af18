import { FORBIDDEN_NAMES } from './expression-value.ts';
import type { JsonValue } from './json.ts';

/** A place within an item, as people write it: `address.city`, `tags[0]`, `["unit price"]`. Empty: the item itself. */
export const ITEM_PATH =
  /^(?:(?:[^.[\]"\s][^.[\]"]*|\[(?:\d{1,10}|"[^"]*")\])(?:\.[^.[\]"\s][^.[\]"]*|\[(?:\d{1,10}|"[^"]*")\])*)?$/;

const PART = /\[(?:(\d+)|"([^"]*)")\]|([^.[\]"]+)/g;

/** The names and indexes of a path. What ITEM_PATH does not match is read as far as it can be. */
export function pathParts(path: string): string[] {
  return [...path.matchAll(PART)].map(([, index, quoted, name]) => index ?? quoted ?? name!.trim());
}

/** Reads that place of an item: null where there is nothing. Own members only. */
export function valueAt(item: JsonValue, parts: readonly string[]): JsonValue {
  let at: JsonValue | undefined = item;
  for (const part of parts) {
    if (typeof at !== 'object' || at === null) return null;
    if (FORBIDDEN_NAMES.has(part) || !Object.hasOwn(at, part)) return null;
    // An index reads as a member of a list too; its length is no part of it.
    if (Array.isArray(at) && part === 'length') return null;
    at = (at as { [key: string]: JsonValue })[part];
  }
  return at ?? null;
}
