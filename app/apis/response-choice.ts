interface FieldLine {
  path: string;
}

/** Whether `path` lies in the field `of`. */
function liesIn(path: string, of: string): boolean {
  return path.startsWith(`${of}.`) || path.startsWith(`${of}[`);
}

/** Fields that hold no others: what is chosen is a set of these. */
export function leavesOf(fields: readonly FieldLine[]): string[] {
  return fields
    .filter(({ path }, at) => !(fields[at + 1] && liesIn(fields[at + 1]!.path, path)))
    .map(({ path }) => path);
}

/** How much of a field is passed on. `chosen` undefined: everything. */
export function stateOf(
  path: string,
  fields: readonly FieldLine[],
  chosen: readonly string[] | undefined,
): boolean | 'indeterminate' {
  if (!chosen) return true;
  const own = leavesOf(fields).filter((leaf) => leaf === path || liesIn(leaf, path));
  const on = own.filter((leaf) => chosen.includes(leaf)).length;
  if (on === 0) return false;
  return on === own.length ? true : 'indeterminate';
}

/** The choice after a field was switched on or off with all that lies in it; undefined when everything is passed on. */
export function toggled(
  path: string,
  fields: readonly FieldLine[],
  chosen: readonly string[] | undefined,
): string[] | undefined {
  const leaves = leavesOf(fields);
  const before = chosen ?? leaves;
  const own = leaves.filter((leaf) => leaf === path || liesIn(leaf, path));
  const on = own.every((leaf) => before.includes(leaf));
  const after = leaves.filter((leaf) => (own.includes(leaf) ? !on : before.includes(leaf)));
  return after.length === leaves.length ? undefined : after;
}

/** How deep a field lies, from 0. */
export function depthOf(path: string): number {
  return (path.match(/\./g) ?? []).length;
}
