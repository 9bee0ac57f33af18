import { parentPort, workerData } from 'node:worker_threads';
import { type Near, Nearest, type VectorRows, VectorTable } from './vector-table.ts';

/** What the thread is told, in this order. */
export type CosineMessage =
  | { kind: 'add'; index: string; dimensions: number; rows: VectorRows[] }
  | { kind: 'drop'; index: string; versions: string[] | null }
  /** `more`: rows that are not kept follow, for the same search. */
  | {
      kind: 'search';
      id: number;
      index: string;
      query: Float32Array;
      most: number;
      only: string[] | null;
      more: boolean;
    }
  | { kind: 'scan'; id: number; rows: VectorRows[]; more: boolean }
  | { kind: 'forget'; id: number };

export type CosineAnswer = { id: number; found: Near[] };

/** Keeps vectors in memory and searches them; the thread that `createCosineSearch` starts. */
function serve(port: NonNullable<typeof parentPort>, table: VectorTable): void {
  const searches = new Map<number, { query: Float32Array; found: Nearest }>();

  function told(message: CosineMessage): void {
    if (message.kind === 'add') {
      for (const rows of message.rows) table.add(message.index, message.dimensions, rows);
    } else if (message.kind === 'drop') {
      table.drop(message.index, message.versions);
    } else if (message.kind === 'forget') {
      searches.delete(message.id);
    } else if (message.kind === 'search') {
      const { id, index, query, most, only, more } = message;
      const found = new Nearest(most);
      table.search(index, query, found, only && new Set(only));
      if (more) searches.set(id, { query, found });
      else answer(id, found);
    } else {
      const search = searches.get(message.id);
      if (!search) return;
      for (const rows of message.rows) table.scan(rows, search.query, search.found);
      if (message.more) return;
      searches.delete(message.id);
      answer(message.id, search.found);
    }
  }

  function answer(id: number, found: Nearest): void {
    port.postMessage({ id, found: found.sorted() } satisfies CosineAnswer);
  }

  port.on('message', told);
}

if (parentPort) serve(parentPort, new VectorTable((workerData as { maxBytes: number }).maxBytes));
