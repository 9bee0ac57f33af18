import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { closeSlowReaders } from '../../workers/slow-readers.ts';

/** More than the buffers of both ends of a connection hold. */
const BYTES = 32 * 1024 * 1024;
let server: Server;

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** A server that closes slow readers after `ms`, and a client that asks for `path` and reads nothing yet. */
async function ask(ms: number, path: string): Promise<{ client: Socket; ended: Promise<boolean> }> {
  let end: (flushed: boolean) => void;
  const ended = new Promise<boolean>((resolve) => {
    end = resolve;
  });
  server = createServer();
  closeSlowReaders(server, ms);
  server.on('request', (request, response) => {
    response.once('close', () => end(response.writableFinished));
    if (request.url === '/unfinished') response.write(Buffer.alloc(BYTES));
    else response.end(Buffer.alloc(request.url === '/small' ? 10 : BYTES));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.on('error', () => {});
  client.pause();
  client.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  return { client, ended };
}

describe('a client that takes nothing of its answer', () => {
  it.each(['/large', '/unfinished'])('is cut off: %s', async (path) => {
    const { client, ended } = await ask(50, path);
    expect(await ended).toBe(false);
    client.destroy();
  });

  it('gets all of it when it reads, and keeps its connection for the next', async () => {
    const { client, ended } = await ask(5000, '/large');
    let bytes = 0;
    client.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    client.resume();
    expect(await ended).toBe(true);
    client.write('GET /small HTTP/1.1\r\nHost: localhost\r\n\r\n');
    const [next] = (await once(server, 'request')) as [{ url: string }];
    expect(next.url).toBe('/small');
    expect(bytes).toBeGreaterThan(BYTES / 2);
    client.destroy();
  });
});
