import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/** Less than this the kernel takes at once, whether the other side reads or not. */
const MOST_UNWATCHED_BYTES = 16 * 1024;

/**
 * Closes connections whose other side takes nothing of a finished answer for `ms`. Node waits for it without end, and
 * every client that asks for much and reads nothing would hold an answer in memory. Called before anything answers.
 */
export function closeSlowReaders(server: Server, ms: number): void {
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    response.once('prefinish', () => {
      if (response.writableLength <= MOST_UNWATCHED_BYTES) return;
      // Begins anew with each piece that is taken; the server destroys a socket whose time is up.
      socket.setTimeout(ms);
      // Before Node's own listener, which sets the time that the connection may be idle.
      response.prependOnceListener('finish', () => socket.setTimeout(0));
    });
  });
}
