import type { PrismaClient } from './gen/sqlite/client.ts';
import type { Transport } from './transport.ts';

/** How soon a write by another process (the command line) is noticed, in ms. */
const POLL_MS = 500;

/**
 * One process serves an SQLite file, so nothing is sent. The command line may write beside it:
 * `PRAGMA data_version` changes when another connection has committed.
 */
export function openTransport(prisma: PrismaClient): Transport {
  let timer: NodeJS.Timeout | undefined;
  return {
    send: async () => {},
    listen(_onMessage, onGap) {
      let last: bigint | number | undefined;
      const look = async () => {
        try {
          const [row] = await prisma.$queryRaw<{ data_version: bigint | number }[]>`PRAGMA data_version`;
          if (last !== undefined && row?.data_version !== last) onGap();
          last = row?.data_version;
        } catch {
          // Closed, or the disk is in trouble: whoever uses the database will say so.
        }
      };
      void look();
      timer = setInterval(look, POLL_MS);
      timer.unref();
    },
    async close() {
      clearInterval(timer);
    },
  };
}
