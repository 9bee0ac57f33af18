import diagnostics from 'node:diagnostics_channel';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from './server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
  // Next.js takes upgrades from its first request on, and does nothing with them.
  const listen = (message: unknown) => {
    (message as { server: Server }).server.on('upgrade', () => {});
    diagnostics.unsubscribe('http.server.request.start', listen);
  };
  diagnostics.subscribe('http.server.request.start', listen);
  expect((await server.owner.get('/session')).status).toBe(200);
});

afterAll(() => server.close());

// What it did not want stayed open for ever, and kept the server from ending.
test.each(['/pages', '/mcp/none', '/_next/webpack-hmr'])(
  'a request to upgrade %s is answered as any other',
  async (path) => {
    const port = Number(new URL(server.url).port);
    const client = connect(port, '127.0.0.1');
    client.write(
      [
        `GET ${path} HTTP/1.1`,
        `Host: 127.0.0.1:${port}`,
        'Connection: Upgrade, close',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
        '\r\n',
      ].join('\r\n'),
    );
    expect(await text(client)).toMatch(/^HTTP\/1\.1 40[14] /);
  },
);
