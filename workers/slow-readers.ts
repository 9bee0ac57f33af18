import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/** Less than this the kernel takes at once, whether the other side reads or not. */
const MOST_UNWATCHED_BYTES = 16 * 1024;

/**
 * Closes connections whose other side takes nothing of an answer for `ms`, or twice that while the answer is still
 * being written. Node waits for it without end, and every client that asks for much and reads nothing would hold an
 * answer in memory. Called before anything answers.
 */
export function closeSlowReaders(server: Server, ms: number): void {
  const open = new Set<ServerResponse>();
  /** Waited for room at the last look, and have not got it since. */
  const stuck = new WeakSet<ServerResponse>();

  const look = setInterval(() => {
    for (const response of open) {
      if (!response.writableNeedDrain || response.writableEnded) continue;
      if (stuck.has(response)) response.destroy();
      else stuck.add(response);
    }
  }, ms);
  look.unref();
  server.once('close', () => clearInterval(look));

  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    open.add(response);
    response.once('close', () => open.delete(response));
    response.on('drain', () => stuck.delete(response));
    response.once('prefinish', () => {
      if (response.writableLength <= MOST_UNWATCHED_BYTES) return;
      // Begins anew with each piece that is taken; the server destroys a socket whose time is up.
      socket.setTimeout(ms);
      // Before Node's own listener, which sets the time that the connection may be idle.
      response.prependOnceListener('finish', () => socket.setTimeout(0));
    });
  });
}
