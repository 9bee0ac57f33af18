import { isJsonObject, type JsonValue } from '#lib/workflow/json.ts';

/** Where a value stands inside another: names of members, positions in lists. */
export type JsonPath = readonly (string | number)[];

/** The value at a path; undefined where there is none. */
export function valueAt(value: JsonValue | undefined, path: JsonPath): JsonValue | undefined {
  let at = value;
  for (const step of path) {
    if (Array.isArray(at)) at = typeof step === 'number' ? at[step] : undefined;
    else if (isJsonObject(at)) at = Object.hasOwn(at, step) ? at[step] : undefined;
    else return undefined;
  }
  return at;
}

/**
 * A copy with another value at a path; everything off the path is shared. What is missing on the way is made.
 * `undefined` removes the member.
 */
export function withValueAt(
  value: JsonValue | undefined,
  path: JsonPath,
  next: JsonValue | undefined,
): JsonValue | undefined {
  const [step, ...rest] = path;
  if (step === undefined) return next;
  if (typeof step === 'number') {
    const list = Array.isArray(value) ? [...value] : [];
    const item = withValueAt(list[step], rest, next);
    if (item === undefined) list.splice(step, 1);
    else list[step] = item;
    return list;
  }
  const members = isJsonObject(value) ? value : {};
  const member = withValueAt(Object.hasOwn(members, step) ? members[step] : undefined, rest, next);
  if (member !== undefined) return { ...members, [step]: member };
  const { [step]: _, ...others } = members;
  return others;
}

/** Whether `path` is `start` or inside it. */
export function isWithin(path: JsonPath, start: JsonPath): boolean {
  return path.length >= start.length && start.every((step, index) => path[index] === step);
}

/** The list with the item at `from` moved to `to`. */
export function moved<Item>(list: readonly Item[], from: number, to: number): Item[] {
  const next = [...list];
  next.splice(to, 0, ...next.splice(from, 1));
  return next;
}

/** A path as an expression reads it: `steps.fetch.items[0]["x-id"]`. */
export function expressionPath(root: string, path: JsonPath): string {
  return path.reduce<string>((text, step) => text + memberAccess(step), root);
}

/** `.name`, `[0]` or `["x-id"]`. */
export function memberAccess(step: string | number): string {
  if (typeof step === 'number') return `[${step}]`;
  return /^[A-Za-z_$][\w$]*$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
}
