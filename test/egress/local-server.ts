import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { createEgress, type Egress, type EgressOptions } from '#lib/egress/fetch.ts';

/** An HTTP server on a loopback address, for one test; its address without a path. */
export async function serve(listener: RequestListener, address = '127.0.0.1'): Promise<string> {
  const server = createServer({ maxHeaderSize: 64 * 1024 }, listener);
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return `http://${address}:${(server.address() as AddressInfo).port}`;
}

/** A way out for one test; 127.0.0.1 is allowed unless said otherwise. */
export function egressFor(options: Partial<EgressOptions> = {}): Egress {
  const egress = createEgress({ allow: ['127.0.0.1/32'], ...options });
  onTestFinished(() => egress.close());
  return egress;
}

/** The signal of a caller who never cancels. */
export function never(): AbortSignal {
  return new AbortController().signal;
}
