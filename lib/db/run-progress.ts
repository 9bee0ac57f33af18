import type { Tx } from './database.ts';

/** What is new of a state in pieces (lib/engine/state-pieces.ts). */
export interface StoredPieces {
  /** Number 0: the piece that names the others. */
  first: string;
  /** In place of all that was stored before. */
  whole: boolean;
  added: readonly { seq: number; text: string }[];
  /** Numbers of pieces that are not needed any more. */
  dropped: readonly number[];
}

/** Values of one statement; SQLite takes 32,766. */
const ROWS = 1000;

/** Stores what is new of a run's state. */
export async function storeProgress(
  tx: Tx,
  runId: string,
  { first, whole, added, dropped }: StoredPieces,
): Promise<void> {
  if (whole) await forgetProgress(tx, runId);
  for (let at = 0; at < dropped.length; at += ROWS) {
    await tx.runProgress.deleteMany({ where: { runId, seq: { in: dropped.slice(at, at + ROWS) } } });
  }
  const created = whole ? [{ seq: 0, text: first }, ...added] : added;
  for (let at = 0; at < created.length; at += ROWS) {
    const data = created.slice(at, at + ROWS).map((piece) => ({ runId, ...piece }));
    await tx.runProgress.createMany({ data });
  }
  if (!whole) await tx.runProgress.updateMany({ where: { runId, seq: 0 }, data: { text: first } });
}

/** The pieces of a run's state, by number. */
export async function progressOf(tx: Tx, runId: string): Promise<Map<number, string>> {
  const rows = await tx.runProgress.findMany({ where: { runId } });
  return new Map(rows.map(({ seq, text }) => [seq, text]));
}

/** The run is stored whole, or has ended. */
export async function forgetProgress(tx: Tx, runId: string): Promise<void> {
  await tx.runProgress.deleteMany({ where: { runId } });
}
