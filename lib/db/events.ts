import { randomUUID } from 'node:crypto';
import type { JsonValue } from '#lib/workflow/json.ts';
import type { Database } from './database.ts';

/** Told whenever another process may have written, or an event may have been missed: drop what is cached. */
export const DATABASE_CHANGED = 'database.changed';

/** NOTIFY carries less than 8,000 bytes. */
const MAX_MESSAGE_BYTES = 7900;

type Listener = (payload: JsonValue) => void;

/**
 * News for every process on this database: `release.changed`, `key.revoked`, `run.cancelled` … Delivery is best
 * effort and in no order between processes: an event says that something is worth reading again.
 */
export interface Events {
  /**
   * In this process before it returns; elsewhere soon after. Send ids, not contents: at most 7,800 bytes of JSON.
   * Resolves when it is on its way to the others, also when it could not be sent: for whoever must not be overtaken.
   */
  publish(topic: string, payload: JsonValue): Promise<void>;
  /** Returns the function that ends the subscription. A listener must not throw. */
  subscribe(topic: string, listener: Listener): () => void;
  close(): Promise<void>;
}

/** Opens the event bus of this process. Throws when the database does not answer. */
export async function openEvents(database: Database): Promise<Events> {
  const transport = await database.openTransport();
  const self = randomUUID();
  const listeners = new Map<string, Set<Listener>>();
  const underway = new Set<Promise<void>>();
  let unsent = false;

  const tell = (topic: string, payload: JsonValue) => {
    for (const listener of listeners.get(topic) ?? []) listener(payload);
  };
  const send = (topic: string, payload: JsonValue) => {
    const message = JSON.stringify([self, topic, payload]);
    if (Buffer.byteLength(message) > MAX_MESSAGE_BYTES) {
      throw new Error(`The event ${topic} is larger than ${MAX_MESSAGE_BYTES} bytes; send an id instead.`);
    }
    const sending = transport.send(message).catch(() => {
      unsent = true;
    });
    underway.add(sending);
    sending.finally(() => underway.delete(sending));
    return sending;
  };
  transport.listen(
    (message) => {
      const [from, topic, payload] = JSON.parse(message) as [string, string, JsonValue];
      if (from !== self) tell(topic, payload);
    },
    () => {
      // What could not be sent while the connection was down is made up for by a word to drop everything.
      if (unsent) send(DATABASE_CHANGED, null);
      unsent = false;
      tell(DATABASE_CHANGED, null);
    },
  );

  return {
    publish(topic, payload) {
      const sent = send(topic, payload);
      tell(topic, payload);
      return sent;
    },
    subscribe(topic, listener) {
      const all = listeners.get(topic) ?? new Set();
      listeners.set(topic, all.add(listener));
      return () => {
        all.delete(listener);
        if (all.size === 0 && listeners.get(topic) === all) listeners.delete(topic);
      };
    },
    async close() {
      await Promise.all(underway);
      await transport.close();
      listeners.clear();
    },
  };
}
