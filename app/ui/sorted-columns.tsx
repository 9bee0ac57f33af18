'use client';

import type { Sort } from './sorting.ts';
import { TableHeader, TableRow } from './table.tsx';

export interface SortedColumn<Column extends string> {
  /** Left out where the list cannot be sorted by it. */
  by?: Column;
  name: string;
  numeric?: boolean;
}

/** The head of a table that is sorted by a click on its columns. */
export function SortedColumns<Column extends string>({
  columns,
  sort,
  onSort,
  actions,
}: {
  columns: readonly SortedColumn<Column>[];
  sort: Sort<Column>;
  onSort(by: Column): void;
  /** The last column holds buttons and has no name to see. */
  actions?: boolean;
}) {
  return (
    <thead>
      <TableRow>
        {columns.map(({ by, name, numeric }) => (
          <TableHeader
            key={name}
            className={numeric ? 'text-right' : undefined}
            {...(by !== undefined && {
              sorted: sort.by !== by ? null : sort.down ? 'descending' : 'ascending',
              onSort: () => onSort(by),
            })}
          >
            {name}
          </TableHeader>
        ))}
        {actions && (
          <TableHeader>
            <span className="sr-only">Actions</span>
          </TableHeader>
        )}
      </TableRow>
    </thead>
  );
}
