import { type AddressInfo, createServer, type Socket } from 'node:net';
import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import type { EmptyDatabase } from './databases.ts';

/**
 * An empty PostgreSQL with pgvector, within this process. It has one session, which connections share: one waits until
 * another's transaction is over.
 */
export async function startPglite(): Promise<EmptyDatabase> {
  const database = await PGlite.create({ extensions: { vector } });
  let turn: Promise<void> = Promise.resolve();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    serve(socket).catch((error: unknown) => socket.destroy(error as Error));
  });

  async function serve(socket: Socket): Promise<void> {
    let release: (() => void) | null = null;
    try {
      for await (const message of turnsOf(socket)) {
        if (!release) {
          const before = turn;
          const { promise, resolve } = Promise.withResolvers<void>();
          turn = promise;
          release = resolve;
          await before;
        }
        const answer = await database.execProtocolRaw(message, { syncToFs: false });
        socket.write(answer);
        // Ends with "ready for query": idle, or within a transaction.
        if (answer.at(-1) === 'I'.charCodeAt(0)) {
          release();
          release = null;
        }
      }
    } finally {
      if (release) {
        await database.exec('ROLLBACK');
        release();
      }
    }
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    async remove() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      await database.close();
    },
  };
}

/** Messages of a client, as many together as it wants one answer to. */
async function* turnsOf(socket: Socket): AsyncGenerator<Uint8Array> {
  let rest = Buffer.alloc(0);
  let begun = false;
  let from = 0;
  for await (const data of socket) {
    rest = Buffer.concat([rest, data as Buffer]);
    for (;;) {
      // The first one has no letter in front of its length.
      const at = begun ? from + 1 : from;
      if (rest.length < at + 4) break;
      const end = at + rest.readUInt32BE(at);
      if (rest.length < end) break;
      const letter = begun ? String.fromCharCode(rest[from]!) : 'Q';
      begun = true;
      if (letter === 'X') return;
      from = end;
      if (letter === 'Q' || letter === 'S') {
        yield new Uint8Array(rest.subarray(0, end));
        rest = rest.subarray(end);
        from = 0;
      }
    }
  }
}
