import type { ApiOperation } from '#app/data/types.ts';

/** Which operations of a description are shown. */
export interface OperationFilter {
  /** Every word must be found in the name, the title or the path. */
  search: string;
  /** Empty: all. */
  tag: string;
  method: string;
  sort: 'document' | 'dearest';
}

export const NO_FILTER: OperationFilter = { search: '', tag: '', method: '', sort: 'document' };

/** The operations that the filter lets through, in its order. */
export function filtered(operations: readonly ApiOperation[], filter: OperationFilter): ApiOperation[] {
  const words = filter.search.toLowerCase().split(/\s+/).filter(Boolean);
  const found = operations.filter(({ name, title, id, tag, method }) => {
    if (filter.tag !== '' && tag !== filter.tag) return false;
    if (filter.method !== '' && method !== filter.method) return false;
    const text = `${name} ${title} ${id}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  return filter.sort === 'dearest' ? found.sort((one, other) => other.tokens - one.tokens) : found;
}

/** Each once, in the order of the document. */
export function tagsOf(operations: readonly ApiOperation[]): string[] {
  return [...new Set(operations.map(({ tag }) => tag).filter(Boolean))];
}

export function methodsOf(operations: readonly ApiOperation[]): string[] {
  return [...new Set(operations.map(({ method }) => method))];
}
