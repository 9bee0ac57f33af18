import { randomUUID } from 'node:crypto';
import type { JsonValue } from '#lib/workflow/json.ts';
import type { Database } from './database.ts';

/** Told whenever another process may have written, or an event may have been missed: drop what is cached. */
export const DATABASE_CHANGED = 'database.changed';

/** NOTIFY carries 8,000 bytes; the rest is topic and sender. */
const MAX_PAYLOAD_BYTES = 7500;

type Listener = (payload: JsonValue) => void;

/**
 * News for every process on this database: `release.changed`, `key.revoked`, `run.cancelled` … Delivery is best
 * effort and in no order between processes: an event says that something is worth reading again.
 */
export interface Events {
  /** In this process before it returns; elsewhere soon after. Send ids, not contents: at most 7,500 bytes of JSON. */
  publish(topic: string, payload: JsonValue): void;
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

  const tell = (topic: string, payload: JsonValue) => {
    for (const listener of listeners.get(topic) ?? []) listener(payload);
  };
  transport.listen(
    (message) => {
      const [from, topic, payload] = JSON.parse(message) as [string, string, JsonValue];
      if (from !== self) tell(topic, payload);
    },
    () => tell(DATABASE_CHANGED, null),
  );

  return {
    publish(topic, payload) {
      const message = JSON.stringify([self, topic, payload]);
      if (Buffer.byteLength(message) > MAX_PAYLOAD_BYTES) {
        throw new Error(`The event ${topic} is larger than ${MAX_PAYLOAD_BYTES} bytes; send an id instead.`);
      }
      tell(topic, payload);
      // When it cannot be sent, the others hear of the gap as soon as they have their connection back.
      const sending = transport.send(message).catch(() => {});
      underway.add(sending);
      sending.finally(() => underway.delete(sending));
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
