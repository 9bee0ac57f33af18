import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { createGateway } from '#lib/gateway/serve.ts';
import type { App } from '#lib/operations/app.ts';
import { startWorkers } from '#lib/operations/workers.ts';

/** What is under way when the input ends has this long to be answered. */
const GRACE_MS = 5000;

/**
 * Serves a project on lines, without a server: whoever starts this has the data, and needs no key. Resolves when the
 * input has ended and what was under way is answered. Throws Fault when there is no such project.
 */
export async function serveLines(
  app: App,
  slug: string,
  { input, output }: { input: Readable; output: Writable },
): Promise<void> {
  const gateway = createGateway(app);
  const workers = startWorkers(app);
  try {
    const end = () => void input.destroy();
    const link = {
      send: (json: string) => void output.write(`${json}\n`),
      unsent: () => output.writableLength,
      end,
      destroy: end,
    };
    const connection = await gateway.connect(link, slug);
    const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
    lines.on('line', (line) => {
      if (line.trim() !== '') connection.receive(Buffer.from(line));
    });
    await new Promise((resolve) => lines.once('close', resolve));
  } finally {
    await gateway.close(GRACE_MS);
    await workers.stop();
  }
}
