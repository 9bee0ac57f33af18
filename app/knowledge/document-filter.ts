/** Which documents are listed, and in which order. */
export interface DocumentFilter {
  q?: string;
  status?: DocumentStatus;
  /** Id of a source; `none`: of no source. */
  source?: string;
  sort?: DocumentSort;
}

export type DocumentStatus = 'pending' | 'ready' | 'failed';
export type DocumentSort = `${'' | '-'}${DocumentColumn}`;
export type DocumentColumn = 'name' | 'passages' | 'size' | 'added';

const STATUSES: readonly DocumentStatus[] = ['pending', 'ready', 'failed'];
const COLUMNS: readonly DocumentColumn[] = ['name', 'passages', 'size', 'added'];
/** Newest first. */
export const USUAL_SORT = '-added' satisfies DocumentSort;

/** What the address asks for; what it cannot mean is left out. */
export function readDocumentFilter(search: URLSearchParams): DocumentFilter {
  const q = search.get('q')?.trim().slice(0, 200);
  const status = STATUSES.find((value) => value === search.get('status'));
  const source = search.get('source');
  const given = search.get('sort');
  const column = COLUMNS.find((value) => value === given?.replace(/^-/, ''));
  const sort = column && given?.startsWith('-') ? (`-${column}` as const) : column;
  return {
    ...(q && { q }),
    ...(status && { status }),
    ...(source && { source }),
    ...(sort && sort !== USUAL_SORT && { sort }),
  };
}

/** Whether it leaves documents out. */
export function isNarrowed({ sort: _, ...rest }: DocumentFilter): boolean {
  return Object.keys(rest).length > 0;
}
