import type { JsonValue } from '#lib/workflow/json.ts';
import { isJsonObject, type JsonPath } from './json-path.ts';

/** Items of a list shown before "show more". */
export const PAGE = 100;

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
}

/** The lines of a value that are in view, top down. */
export function jsonRows(value: JsonValue, options: RowOptions): JsonRow[] {
  const rows: JsonRow[] = [];
  const add = (path: JsonPath, name: string | number | null, at: JsonValue, depth: number): void => {
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
    if (!entries || entries.length === 0 || !options.isOpen(row)) return;
    const shown = options.shown(row);
    for (const [key, member] of entries.slice(0, shown)) add([...path, key], key, member, depth + 1);
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
  add([], null, value, 0);
  return rows;
}

/** Members or items of a value; null when it holds none by nature. */
function entriesOf(value: JsonValue): [string | number, JsonValue][] | null {
  if (Array.isArray(value)) return value.map((item, index) => [index, item]);
  return isJsonObject(value) ? Object.entries(value) : null;
}

/** A list of objects as a table: its columns in the order they are first seen. Null when it is not such a list. */
export function jsonColumns(value: JsonValue): string[] | null {
  if (!Array.isArray(value) || value.length === 0 || !value.every(isJsonObject)) return null;
  return [...new Set(value.flatMap((item) => Object.keys(item)))];
}

/** What a folded value says on its line: `3 items`, `{ id, name, … }`. */
export function summary(value: JsonValue): string {
  if (Array.isArray(value)) return value.length === 1 ? '1 item' : `${value.length} items`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const names = Object.keys(value);
  if (names.length === 0) return '{ }';
  return `{ ${names.slice(0, 4).join(', ')}${names.length > 4 ? ', …' : ''} }`;
}
