import type { RequestId } from './protocol.ts';
import { idJson } from './reply.ts';

/**
 * Calls of 2025 clients that are running in this process, so that `notifications/cancelled` finds them. An id alone
 * does not say whose call it is: two clients both count from 0.
 */
export class Calls {
  readonly #running = new Map<string, Set<() => void>>();

  /** Returns what ends the entry. */
  add(identity: string, id: RequestId, cancel: () => void): () => void {
    const key = `${identity} ${idJson(id)}`;
    const entry = this.#running.get(key) ?? new Set();
    this.#running.set(key, entry.add(cancel));
    return () => {
      entry.delete(cancel);
      if (entry.size === 0 && this.#running.get(key) === entry) this.#running.delete(key);
    };
  }

  /** Cancels the call, unless two are so alike that it could be the wrong one. False when there is none here. */
  cancel(identity: string, id: RequestId): boolean {
    const entry = this.#running.get(`${identity} ${idJson(id)}`);
    if (entry?.size === 1) for (const cancel of entry) cancel();
    return entry !== undefined;
  }

  /** Cancels all calls of a session. */
  cancelAll(identity: string): void {
    for (const [key, entry] of this.#running) {
      if (key.startsWith(`${identity} `)) for (const cancel of entry) cancel();
    }
  }
}
