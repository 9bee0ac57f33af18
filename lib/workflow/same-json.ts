import { isJsonObject, type JsonValue } from './json.ts';

/** Equal as JSON, whatever the order of the members; a member that is undefined is none. */
export function sameJson(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (Array.isArray(one)) {
    return (
      Array.isArray(other) &&
      one.length === other.length &&
      one.every((item, at) => sameJson(item, other[at]))
    );
  }
  if (!isJsonObject(one) || !isJsonObject(other)) return false;
  const there = (value: Record<string, unknown>): string[] =>
    Object.keys(value).filter((name) => value[name] !== undefined);
  const names = there(one);
  return (
    names.length === there(other).length &&
    names.every((name) => Object.hasOwn(other, name) && sameJson(one[name], other[name]))
  );
}

/** As JSON text with the members of objects by name: values that are the same have the same text. */
export function canonical(given: JsonValue): string {
  return JSON.stringify(given, (_, member: JsonValue) =>
    isJsonObject(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}
