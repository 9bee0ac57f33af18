import { useSyncExternalStore } from 'react';

/** The field that the cursor was in last and that takes expressions. */
export interface InsertTarget {
  /** Its name, as the form shows it. */
  label: string;
  /** Writes a path at the cursor, as a drop would, and goes there. */
  insert(path: string): void;
}

let target: InsertTarget | null = null;
const listeners = new Set<() => void>();

/** Makes a field the target; null when the field that was it goes away. */
export function setInsertTarget(next: InsertTarget | null): void {
  target = next;
  for (const listener of listeners) listener();
}

export function insertTarget(): InsertTarget | null {
  return target;
}

/** The target, for a button that says where it inserts. */
export function useInsertTarget(): InsertTarget | null {
  return useSyncExternalStore(subscribe, insertTarget, () => null);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
