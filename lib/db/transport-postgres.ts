import pg from 'pg';
import type { Transport } from './transport.ts';

const CHANNEL = 'patchbay';

/** First pause before a lost connection is made again, in ms; it doubles up to the last. */
const RECONNECT_MS = { first: 100, last: 5000 };

/** LISTEN/NOTIFY over a connection of its own, made again when it breaks. */
export async function openTransport(url: string): Promise<Transport> {
  let onMessage: (message: string) => void = () => {};
  let onGap: () => void = () => {};
  let closed = false;
  let client = await connect();
  /** One query at a time, in the order they were asked for. */
  let sending: Promise<unknown> = Promise.resolve();

  async function connect(): Promise<pg.Client> {
    const next = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: 5000,
      keepAlive: true,
      application_name: 'patchbay events',
    });
    next.on('notification', ({ payload }) => onMessage(payload ?? ''));
    next.on('error', () => {});
    try {
      await next.connect();
      await next.query(`LISTEN ${CHANNEL}`);
    } catch (error) {
      next.end().catch(() => {});
      throw error;
    }
    next.once('end', reconnect);
    return next;
  }

  async function reconnect(): Promise<void> {
    for (let pause = RECONNECT_MS.first; !closed; pause = Math.min(pause * 2, RECONNECT_MS.last)) {
      try {
        client = await connect();
        if (closed) await client.end();
        // Whatever was said meanwhile is lost.
        else onGap();
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, pause).unref());
      }
    }
  }

  return {
    async send(message) {
      const sent = sending.then(() => client.query('SELECT pg_notify($1, $2)', [CHANNEL, message]));
      sending = sent.catch(() => {});
      await sent;
    },
    listen(message, gap) {
      onMessage = message;
      onGap = gap;
    },
    async close() {
      closed = true;
      await client.end().catch(() => {});
    },
  };
}
