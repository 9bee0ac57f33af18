/** How a list is sorted. */
export interface Sort<Column extends string> {
  by: Column;
  down: boolean;
}

/** What a column is sorted by; null comes last, whichever way. */
export type SortValue = string | number | null;

const words = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

/** A copy in order; what is equal stays as it was. */
export function sorted<Row, Column extends string>(
  rows: readonly Row[],
  { by, down }: Sort<Column>,
  values: Record<Column, (row: Row) => SortValue>,
): Row[] {
  const value = values[by];
  return [...rows].sort((left, right) => {
    const [a, b] = [value(left), value(right)];
    if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
    const order = typeof a === 'number' && typeof b === 'number' ? a - b : words.compare(`${a}`, `${b}`);
    return down ? -order : order;
  });
}

/** As it stands in an address: `name`, `-name` downwards. */
export function sortText({ by, down }: Sort<string>): string {
  return down ? `-${by}` : by;
}

/** Reads `sortText`; of anything else, the usual one. */
export function readSort<Column extends string>(
  text: string | null,
  columns: readonly Column[],
  usual: Sort<Column>,
): Sort<Column> {
  const down = text?.startsWith('-') ?? false;
  const by = columns.find((column) => column === (down ? text?.slice(1) : text));
  return by === undefined ? usual : { by, down };
}
