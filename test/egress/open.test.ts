import type { ServerResponse } from 'node:http';
import { constants, createGzip } from 'node:zlib';
import { expect, test } from 'vitest';
import { stepError } from '../nodes/run-kind.ts';
import { egressFor, never, serve } from './local-server.ts';

/** An answer that goes on until the test says so. */
async function stream() {
  let answer: ServerResponse | undefined;
  let closed = false;
  const url = await serve((_, response) => {
    answer = response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('one');
    response.on('close', () => {
      closed = true;
    });
  });
  return { url, answer: () => answer!, closed: () => closed };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

const text = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString();

test('an answer can be read while it is still being written', async () => {
  const server = await stream();
  const { status, headers, body } = await egressFor().open({ method: 'GET', url: server.url }, never());
  expect([status, headers['content-type']]).toEqual([200, 'text/event-stream']);
  const reader = body.getReader();
  expect(text((await reader.read()).value)).toBe('one');
  server.answer().end('two');
  expect(text((await reader.read()).value)).toBe('two');
  expect((await reader.read()).done).toBe(true);
});

test('also one that is packed', async () => {
  const url = await serve((_, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' });
    const gzip = createGzip();
    gzip.pipe(response);
    gzip.write('one');
    gzip.flush(constants.Z_SYNC_FLUSH, () => gzip.end('two'));
  });
  const { body } = await egressFor().open({ method: 'GET', url }, never());
  expect(await new Response(body).text()).toBe('onetwo');
});

test('who stops reading closes the connection', async () => {
  const server = await stream();
  const { body } = await egressFor().open({ method: 'GET', url: server.url }, never());
  const reader = body.getReader();
  await reader.read();
  const pending = reader.read();
  await reader.cancel();
  expect((await pending).done).toBe(true);
  await until(server.closed);
});

test('taking the call back ends it in the middle of the answer', async () => {
  const server = await stream();
  const stop = new AbortController();
  const { body } = await egressFor().open({ method: 'GET', url: server.url }, stop.signal);
  const reader = body.getReader();
  await reader.read();
  const pending = stepError(reader.read());
  stop.abort();
  expect(await pending).toMatchObject({ code: 'CANCELLED' });
  await until(server.closed);
});

test('size, silence and time are bounded in the middle of an answer too', async () => {
  const server = await stream();
  const failing = async (given: object) => {
    const { body } = await egressFor().open({ method: 'GET', url: server.url, ...given }, never());
    return await stepError(new Response(body).text());
  };
  expect(await failing({ maxBytes: 2 })).toMatchObject({ code: 'TOO_LARGE' });
  expect(await failing({ timeoutMs: 200 })).toMatchObject({ code: 'TIMEOUT', message: /longer than 0\.2 s/ });
  expect(await failing({ quietMs: 200 })).toMatchObject({
    code: 'TIMEOUT',
    message: /stopped in the middle/,
  });
});

test('the same checks hold: a forbidden address is not opened', async () => {
  const server = await stream();
  const barred = egressFor({ allow: [] }).open({ method: 'GET', url: server.url }, never());
  expect(await stepError(barred)).toMatchObject({ code: 'EGRESS_BLOCKED' });
});
