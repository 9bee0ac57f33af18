import { isJsonObject, type JsonValue } from '#lib/workflow/json.ts';
import { type JsonPath, valueAt } from './json-path.ts';

/** Items of a list shown before "show more". */
export const PAGE = 100;

const MOST_COLUMNS = 200;

/** One line of the tree. */
export interface JsonRow {
  /** Stable while the value's shape is: the path as JSON. */
  id: string;
  path: JsonPath;
  /** Name of the member or position in the list; null for the value itself. */
  name: string | number | null;
  value: JsonValue;
  depth: number;
  /** Members or items inside; null for a value that holds none. */
  size: number | null;
  /** The line stands for this many items that are not shown. */
  more?: number;
}

export interface RowOptions {
  /** Whether the lines inside this one are shown. */
  isOpen(row: JsonRow): boolean;
  /** How many items of this list are shown. */
  shown(row: JsonRow): number;
  /** Only these places, and those on the way to them; what is inside of one of them as `isOpen` says. */
  only?: readonly JsonPath[];
}

/** The lines of a value that are in view, top down. */
export function jsonRows(value: JsonValue, options: RowOptions): JsonRow[] {
  const rows: JsonRow[] = [];
  const add = (
    path: JsonPath,
    name: string | number | null,
    at: JsonValue,
    depth: number,
    within: Wanted | null,
  ): void => {
    const entries = entriesOf(at);
    const row: JsonRow = {
      id: JSON.stringify(path),
      path,
      name,
      value: at,
      depth,
      size: entries?.length ?? null,
    };
    rows.push(row);
    if (!entries || entries.length === 0) return;
    if (within && within.size > 0) {
      for (const [key, inner] of within) {
        const member = valueAt(at, [key]);
        if (member !== undefined) add([...path, key], key, member, depth + 1, inner);
      }
      return;
    }
    if (!options.isOpen(row)) return;
    const shown = options.shown(row);
    for (const [key, member] of entries.slice(0, shown)) add([...path, key], key, member, depth + 1, null);
    if (entries.length > shown) {
      rows.push({
        ...row,
        id: `${row.id}+`,
        name: null,
        depth: depth + 1,
        size: null,
        more: entries.length - shown,
      });
    }
  };
  add([], null, value, 0, options.only ? wantedOf(options.only) : null);
  return rows;
}

/** Places by the steps that lead to them. */
type Wanted = Map<string | number, Wanted>;

function wantedOf(paths: readonly JsonPath[]): Wanted {
  const root: Wanted = new Map();
  for (const path of paths) {
    let at = root;
    for (const step of path) {
      const next: Wanted = at.get(step) ?? new Map();
      at.set(step, next);
      at = next;
    }
  }
  return root;
}

/** Values that are looked through; of larger ones the rest is not. */
const MOST_SEARCHED = 300_000;

/** Where a name or a value holds a text, whatever its case; in the order of the value, at most `most`. */
export function jsonMatches(value: JsonValue, text: string, most: number): JsonPath[] {
  const wanted = text.toLowerCase();
  const found: JsonPath[] = [];
  let left = MOST_SEARCHED;
  const look = (path: JsonPath, name: string | number | null, at: JsonValue): void => {
    if (found.length >= most || left <= 0) return;
    left -= 1;
    const holds = (one: string): boolean => one.toLowerCase().includes(wanted);
    const entries = entriesOf(at);
    const named = typeof name === 'string' && holds(name);
    if (named || (!entries && holds(String(at)))) found.push(path);
    for (const [key, member] of entries ?? []) look([...path, key], key, member);
  };
  look([], null, value);
  return found;
}

/** Members or items of a value; null when it holds none by nature. */
function entriesOf(value: JsonValue): [string | number, JsonValue][] | null {
  if (Array.isArray(value)) return value.map((item, index) => [index, item]);
  return isJsonObject(value) ? Object.entries(value) : null;
}

/** A list of objects as a table: its columns in the order they are first seen. Null when it is not such a list. */
export function jsonColumns(value: JsonValue): string[] | null {
  if (!Array.isArray(value) || value.length === 0) return null;
  const columns = new Set<string>();
  for (const item of value) {
    if (!isJsonObject(item)) return null;
    for (const name in item) columns.add(name);
    // A table that wide is none.
    if (columns.size > MOST_COLUMNS) return null;
  }
  return [...columns];
}

/** What a folded value says on its line: `3 items`, `{ id, name, … }`. */
export function summary(value: JsonValue): string {
  if (Array.isArray(value)) return value.length === 1 ? '1 item' : `${value.length} items`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const names = Object.keys(value);
  if (names.length === 0) return '{ }';
  return `{ ${names.slice(0, 4).join(', ')}${names.length > 4 ? ', …' : ''} }`;
}
