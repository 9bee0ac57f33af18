'use client';

import { usePathname, useRouter, useSearchParams } from 'next/navigation';
import { readSort, type Sort, type SortValue, sorted, sortText } from '#app/ui/sorting.ts';

/**
 * Rows sorted as the address says, `?sort=-updated`, and what to do at a click on a column: once more turns it around.
 * `name` tells two lists of one page apart.
 */
export function useSort<Row, Column extends string>(
  rows: readonly Row[],
  {
    values,
    usual,
    name = 'sort',
  }: { values: Record<Column, (row: Row) => SortValue>; usual: Sort<NoInfer<Column>>; name?: string },
): { rows: Row[]; sort: Sort<Column>; onSort(by: Column): void } {
  const router = useRouter();
  const path = usePathname();
  const search = useSearchParams();
  const sort = readSort(search.get(name), Object.keys(values) as Column[], usual);
  return {
    rows: sorted(rows, sort, values),
    sort,
    onSort(by) {
      const next = { by, down: sort.by === by ? !sort.down : false };
      const params = new URLSearchParams(search);
      const isUsual = next.by === usual.by && next.down === usual.down;
      if (isUsual) params.delete(name);
      else params.set(name, sortText(next));
      router.replace(params.size === 0 ? path : `${path}?${params}`, { scroll: false });
    },
  };
}
