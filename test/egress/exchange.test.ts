import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net';
import { pipeline, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { EgressRequest } from '#lib/egress/fetch.ts';
import { StepError } from '#lib/engine/errors.ts';
import { egressFor, never, serve } from './local-server.ts';

/** What `request` throws. */
async function failure(promise: Promise<unknown>): Promise<StepError> {
  const error: unknown = await promise.then(
    () => new Error('it passed'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof StepError)) throw error;
  return error;
}

function get(url: string, given: Partial<EgressRequest> = {}): EgressRequest {
  return { method: 'GET', url, ...given };
}

describe('an exchange', () => {
  test('sends method, query, headers and body, and reads the answer', async () => {
    const seen: unknown[] = [];
    const url = await serve(async (request, response) => {
      const { method, url: path, headers } = request;
      seen.push(method, path, headers['x-trace'], headers['host'], (await buffer(request)).toString());
      response.writeHead(201, { 'content-type': 'application/json', 'set-cookie': ['a=1', 'b=2'] });
      response.end('{"id":7}');
    });
    const answer = await egressFor().request(
      { method: 'post', url: `${url}/orders?dry=1#top`, headers: { 'X-Trace': 't1' }, body: '{"n":1}' },
      never(),
    );
    expect(seen).toEqual(['POST', '/orders?dry=1', 't1', url.slice('http://'.length), '{"n":1}']);
    expect(answer).toMatchObject({ status: 201, statusText: 'Created', url: `${url}/orders?dry=1#top` });
    expect(answer.headers).toMatchObject({ 'content-type': 'application/json', 'set-cookie': 'a=1, b=2' });
    expect(Buffer.from(answer.body).toString()).toBe('{"id":7}');
  });

  test('sends a form with a file', async () => {
    let text = '';
    let type = '';
    const url = await serve(async (request, response) => {
      type = request.headers['content-type'] ?? '';
      text = (await buffer(request)).toString();
      response.end();
    });
    const form = new FormData();
    form.append('note', 'hello');
    form.append('file', new Blob(['bytes'], { type: 'text/csv' }), 'a.csv');
    await egressFor().request({ method: 'POST', url, body: form }, never());
    expect(type).toMatch(/^multipart\/form-data; boundary=/);
    expect(text).toContain('name="note"\r\n\r\nhello');
    expect(text).toContain('filename="a.csv"\r\nContent-Type: text/csv\r\n\r\nbytes');
  });

  test.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['deflate', deflateSync],
  ] as const)('inflates %s', async (encoding, compress) => {
    const url = await serve((_, response) => {
      response.setHeader('content-encoding', encoding);
      response.end(compress('plain words'));
    });
    const answer = await egressFor().request(get(url), never());
    expect(Buffer.from(answer.body).toString()).toBe('plain words');
  });

  test.each([
    'host',
    'Content-Length',
    'transfer-encoding',
    'connection',
    'proxy-authorization',
    'x-forwarded-for',
    'te',
  ])('refuses the header %s', async (name) => {
    let asked = 0;
    const url = await serve((_, response) => {
      asked += 1;
      response.end();
    });
    const error = await failure(egressFor().request(get(url, { headers: { [name]: '1' } }), never()));
    expect(error.code).toBe('BAD_HEADER');
    expect(asked).toBe(0);
  });

  test('refuses a header that would begin another one', async () => {
    const error = await failure(
      egressFor().request(get('http://127.0.0.1:2/', { headers: { 'x-a': 'b\r\nx-evil: 1' } }), never()),
    );
    expect(error.code).toBe('BAD_HEADER');
  });

  test('a refused connection is a transient network error', async () => {
    const url = await serve(() => {});
    const error = await failure(
      egressFor({ allow: ['127.0.0.1'] }).request(get('http://127.0.0.1:2/'), never()),
    );
    expect(url).not.toBe('');
    expect(error).toMatchObject({ code: 'NETWORK', transient: true });
  });

  test('stops when the caller does', async () => {
    const caller = new AbortController();
    const url = await serve(() => caller.abort());
    const error = await failure(egressFor().request(get(url), caller.signal));
    expect(error.code).toBe('CANCELLED');
  });
});

describe('redirects', () => {
  const inner = [
    ['another loopback address', (port: string) => `http://127.0.0.2:${port}/secret`],
    ['the mapped form of it', (port: string) => `http://[::ffff:127.0.0.2]:${port}/secret`],
    ['a metadata service', () => 'http://169.254.169.254/latest/meta-data/'],
    ['a file', () => 'file:///etc/passwd'],
    ['a closed port', () => 'http://127.0.0.1:25/'],
    ['a user name', (port: string) => `http://admin@127.0.0.1:${port}/`],
  ] as const;

  test.each(inner)('to %s is refused', async (_, target) => {
    let hits = 0;
    const listener = (_request: unknown, response: ServerResponse) => {
      hits += 1;
      response.end('secret');
    };
    const secret = await serve(listener, '127.0.0.2');
    const url = await serve((_request, response) => {
      response.writeHead(302, { location: target(new URL(secret).port) }).end();
    });
    const error = await failure(egressFor().request(get(url), never()));
    expect(['EGRESS_BLOCKED', 'BAD_URL']).toContain(error.code);
    expect(hits).toBe(0);
  });

  test('to another loopback address is followed where that is allowed too', async () => {
    const other = await serve((_, response) => response.end('allowed'), '127.0.0.2');
    const url = await serve((_, response) => response.writeHead(302, { location: other }).end());
    const answer = await egressFor({ allow: ['127.0.0.0/30'] }).request(get(url), never());
    expect(Buffer.from(answer.body).toString()).toBe('allowed');
  });

  test('to an allowed address is followed, and told', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/new') response.end('moved');
      else response.writeHead(301, { location: '/new' }).end();
    });
    const answer = await egressFor().request(get(`${url}/old`), never());
    expect(answer.url).toBe(`${url}/new`);
    expect(Buffer.from(answer.body).toString()).toBe('moved');
  });

  test('are answered as they are when not to be followed', async () => {
    const url = await serve((_, response) => response.writeHead(302, { location: '/new' }).end('look there'));
    const answer = await egressFor().request(get(url, { followRedirects: false }), never());
    expect(answer).toMatchObject({ status: 302, headers: { location: '/new' } });
  });

  test('in a circle end after five', async () => {
    let hits = 0;
    const url = await serve((_, response) => {
      hits += 1;
      response.writeHead(302, { location: '/again' }).end();
    });
    const error = await failure(egressFor().request(get(url), never()));
    expect(error).toMatchObject({ code: 'NETWORK', transient: false });
    expect(hits).toBe(6);
  });

  test.each([301, 302, 303])('a POST answered %i goes on as a GET without its body', async (status) => {
    const seen: unknown[] = [];
    const url = await serve(async (request, response) => {
      seen.push([request.method, request.headers['content-type'], (await buffer(request)).toString()]);
      if (request.url === '/') response.writeHead(status, { location: '/done' });
      response.end();
    });
    await egressFor().request(
      { method: 'POST', url, headers: { 'content-type': 'text/plain' }, body: 'x' },
      never(),
    );
    expect(seen).toEqual([
      ['POST', 'text/plain', 'x'],
      ['GET', undefined, ''],
    ]);
  });

  test.each([307, 308])('a POST answered %i is sent again', async (status) => {
    const seen: unknown[] = [];
    const url = await serve(async (request, response) => {
      seen.push([request.method, (await buffer(request)).toString()]);
      if (request.url === '/') response.writeHead(status, { location: '/done' });
      response.end();
    });
    await egressFor().request({ method: 'POST', url, body: 'x' }, never());
    expect(seen).toEqual([
      ['POST', 'x'],
      ['POST', 'x'],
    ]);
  });

  const secrets = {
    headers: { authorization: 'Bearer a', cookie: 's=1', 'x-api-key': 'k', 'x-plain': 'p' },
    sensitiveHeaders: { 'X-Injected': 'c' },
  };

  function kept(headers: IncomingHttpHeaders) {
    const { authorization, cookie, 'x-api-key': key, 'x-injected': injected, 'x-plain': plain } = headers;
    return { authorization, cookie, key, injected, plain };
  }

  test('to another origin take no credentials along', async () => {
    let seen: unknown;
    const other = await serve((request, response) => {
      seen = kept(request.headers);
      response.end();
    });
    const url = await serve((_, response) => response.writeHead(307, { location: other }).end());
    await egressFor().request(get(url, secrets), never());
    expect(seen).toEqual({ plain: 'p' });
  });

  test('within one origin keep them', async () => {
    let seen: unknown;
    const url = await serve((request, response) => {
      seen = kept(request.headers);
      if (request.url === '/') response.writeHead(307, { location: '/in' });
      response.end();
    });
    await egressFor().request(get(url, secrets), never());
    expect(seen).toEqual({ authorization: 'Bearer a', cookie: 's=1', key: 'k', injected: 'c', plain: 'p' });
  });

  test('away and back again do not bring them back', async () => {
    const seen: unknown[] = [];
    let home = '';
    const other = await serve((_, response) => response.writeHead(307, { location: `${home}/back` }).end());
    home = await serve((request, response) => {
      seen.push(request.headers.authorization);
      if (request.url === '/') response.writeHead(307, { location: other });
      response.end();
    });
    await egressFor().request(get(home, secrets), never());
    expect(seen).toEqual(['Bearer a', undefined]);
  });
});

describe('a name that changes its address', () => {
  test('is looked up once for the check and the call', async () => {
    let lookups = 0;
    let hits = 0;
    const inner = await serve((_, response) => {
      hits += 1;
      response.end('secret');
    }, '127.0.0.2');
    const outer = await serve((_, response) => {
      response.setHeader('connection', 'close');
      response.end('public');
    });
    const egress = egressFor({
      lookup: async () => [{ address: lookups++ === 0 ? '127.0.0.1' : '127.0.0.2', family: 4 }],
    });
    const first = await egress.request(get(`http://rebind.example:${new URL(outer).port}/`), never());
    expect(Buffer.from(first.body).toString()).toBe('public');
    expect(lookups).toBe(1);
    const error = await failure(
      egress.request(get(`http://rebind.example:${new URL(inner).port}/`), never()),
    );
    expect(error.code).toBe('EGRESS_BLOCKED');
    expect(hits).toBe(0);
  });

  test('is refused when the connection went elsewhere than it was sent', async () => {
    let sent = '';
    const inner = await serve((request, response) => {
      sent += request.url;
      response.end('secret');
    }, '127.0.0.2');
    const egress = egressFor({
      lookup: async () => [{ address: '93.184.216.34', family: 4 }],
      dial: (_, callback) => {
        const socket = connect(Number(new URL(inner).port), '127.0.0.2', () => callback(null, socket));
      },
    });
    const error = await failure(egress.request(get('http://good4.example/'), never()));
    expect(error.code).toBe('EGRESS_BLOCKED');
    expect(sent).toBe('');
  });
});

describe('an answer that will not do', () => {
  const small = { maxBytes: 64 * 1024 };

  test('a gzip bomb is stopped at the limit of what it inflates to', async () => {
    const bomb = gzipSync(Buffer.alloc(32 * 1024 * 1024));
    const url = await serve((_, response) => {
      response.setHeader('content-encoding', 'gzip');
      response.end(bomb);
    });
    const error = await failure(egressFor().request(get(url, small), never()));
    expect(error.code).toBe('TOO_LARGE');
  });

  test('stacked encodings are not read', async () => {
    const url = await serve((_, response) => {
      response.setHeader('content-encoding', 'gzip, gzip');
      response.end(gzipSync(gzipSync('x')));
    });
    const error = await failure(egressFor().request(get(url), never()));
    expect(error).toMatchObject({ code: 'NETWORK', transient: false });
  });

  test('a body that is not what its encoding says', async () => {
    const url = await serve((_, response) => {
      response.setHeader('content-encoding', 'gzip');
      response.end('not gzip at all');
    });
    const error = await failure(egressFor().request(get(url), never()));
    expect(error).toMatchObject({ code: 'NETWORK', message: 'The answer is not the gzip it says it is.' });
  });

  test('an endless body', async () => {
    const url = await serve((_, response) => {
      const endless = (function* () {
        for (;;) yield Buffer.alloc(16 * 1024);
      })();
      pipeline(Readable.from(endless), response, () => {});
    });
    const error = await failure(egressFor().request(get(url, small), never()));
    expect(error.code).toBe('TOO_LARGE');
  });

  test('an endless body that inflates to nothing', async () => {
    const nothing = gzipSync('');
    const piece = Buffer.concat(Array.from({ length: 200 }, () => nothing));
    const url = await serve((_, response) => {
      response.setHeader('content-encoding', 'gzip');
      const endless = (function* () {
        for (;;) yield piece;
      })();
      pipeline(Readable.from(endless), response, () => {});
    });
    const error = await failure(
      egressFor().request(get(url, { maxBytes: 64 * 1024, timeoutMs: 5000 }), never()),
    );
    expect(error.code).toBe('TOO_LARGE');
  });

  test('a body that is announced to be too large is not begun', async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '999999' });
      response.write('x');
    });
    const error = await failure(egressFor().request(get(url, small), never()));
    expect(error.code).toBe('TOO_LARGE');
  });

  test('one that drips ends with the time of the call', async () => {
    const url = await serve((_, response) => {
      const timer = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(timer));
    });
    const error = await failure(egressFor().request(get(url, { timeoutMs: 150 }), never()));
    expect(error).toMatchObject({ code: 'TIMEOUT', transient: true });
  });

  test('one whose headers drip', async () => {
    const server = createTcpServer((socket) => {
      socket.on('error', () => {});
      socket.write('HTTP/1.1 200 OK\r\n');
      const timer = setInterval(() => socket.write('x: y\r\n'), 20);
      socket.on('close', () => clearInterval(timer));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const error = await failure(egressFor().request(get(url, { timeoutMs: 150 }), never()));
    expect(error).toMatchObject({ code: 'TIMEOUT', transient: true });
  });

  test('one that never comes', async () => {
    const url = await serve(() => {});
    const error = await failure(egressFor().request(get(url, { timeoutMs: 100 }), never()));
    expect(error).toMatchObject({ code: 'TIMEOUT', transient: true });
  });

  test('one whose headers do not come in time', async () => {
    const url = await serve(() => {});
    const error = await failure(egressFor({ limits: { headersMs: 50 } }).request(get(url), never()));
    expect(error).toMatchObject({
      code: 'TIMEOUT',
      message: expect.stringContaining('did not begin to answer'),
    });
  });

  test('one that stops half way', async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '10' });
      response.write('half');
    });
    const error = await failure(egressFor({ limits: { idleMs: 50 } }).request(get(url), never()));
    expect(error).toMatchObject({
      code: 'TIMEOUT',
      message: expect.stringContaining('stopped in the middle'),
    });
  });

  test('30 KB of headers', async () => {
    const url = await serve((_, response) => {
      for (let i = 0; i < 30; i++) response.setHeader(`x-${i}`, 'v'.repeat(1000));
      response.end();
    });
    const error = await failure(egressFor().request(get(url), never()));
    expect(error.code).toBe('TOO_LARGE');
  });

  test('a request that is too large is not sent', async () => {
    let hits = 0;
    const url = await serve((_, response) => {
      hits += 1;
      response.end();
    });
    const egress = egressFor({ limits: { requestBytes: 10 } });
    const error = await failure(egress.request({ method: 'POST', url, body: 'x'.repeat(11) }, never()));
    expect(error.code).toBe('TOO_LARGE');
    expect(hits).toBe(0);
  });
});
