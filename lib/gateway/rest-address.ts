/** What a URI of the rest of a result names. */
export interface Rest {
  runId: string;
  /** Of the texts of the answer; `all`: of these and of its structured value, as JSON after them. */
  of: 'text' | 'all';
  /** Character with which it begins. */
  from: number;
}

const ADDRESS = /^result:\/\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/(text|all)\/(0|[1-9]\d{0,8})$/;

/**
 * The URI of the rest of a result. A character and not the number of a part stands in it, so that it leads to the same
 * place after the project's budget was changed.
 */
export function restUri({ runId, of, from }: Rest): string {
  return `result://${runId}/${of}/${from}`;
}

/** Null for every other URI. */
export function parseRestUri(uri: string): Rest | null {
  const [, runId, of, from] = ADDRESS.exec(uri) ?? [];
  return runId === undefined ? null : { runId, of: of === 'all' ? 'all' : 'text', from: Number(from) };
}

/** How a model gets at the rest. */
export function restWords(uri: string): string {
  return `Read the rest with the resource ${uri} (resources/read).`;
}
