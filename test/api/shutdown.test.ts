import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { startTestServer } from './server.ts';

// Clients open connections ahead of need. Node does not count them as idle, and the end took as long as it may: 25 s.
it('a connection that was never used does not hold up the end', async () => {
  const server = await startTestServer();
  const { port } = new URL(server.url);
  const unused = connect(Number(port), '127.0.0.1');
  await once(unused, 'connect');
  // The server knows of the connection when it answers a later one.
  expect((await server.owner.get('/session')).status).toBe(200);
  const ended = once(unused, 'close');
  await server.close();
  await ended;
});
