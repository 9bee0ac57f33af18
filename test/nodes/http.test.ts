import type { RequestListener } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import type { HttpRequest } from '#lib/engine/capabilities.ts';
import { http } from '#lib/nodes/http.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import { egressFor, serve } from '../egress/local-server.ts';
import { type KindWorld, memoryFiles, runKind, stepError } from './run-kind.ts';

type Given = { url: string } & Record<string, unknown>;

/** Runs the kind against the real way out. */
function call(config: Given, world: KindWorld = {}) {
  const egress = egressFor();
  const stored = http.config.parse({ url: 'https://example.com' });
  return runKind(http, { ...stored, ...config }, { http: egress, files: memoryFiles(), ...world });
}

/** A server that answers what it was asked. */
async function mirror(): Promise<string> {
  return await serve(async (request, response) => {
    const { method, url, headers } = request;
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify({
        method,
        url,
        type: headers['content-type'],
        key: headers['idempotency-key'],
        body: (await buffer(request)).toString(),
      }),
    );
  });
}

function answering(status: number, headers: Record<string, string>, body: string | Buffer): Promise<string> {
  const listener: RequestListener = (_, response) => response.writeHead(status, headers).end(body);
  return serve(listener);
}

/** The body of what the step left. */
function bodyOf({ value }: { value: JsonValue }): JsonValue | undefined {
  return (value as JsonObject)['body'];
}

describe('the request', () => {
  test('encodes the query; a list repeats the name, null leaves it out', async () => {
    const url = await mirror();
    const done = await call({
      url: `${url}/find?a=1`,
      query: { q: 'a&b ü', tag: ['x', 'y'], none: null, n: 2 },
    });
    expect(bodyOf(done)).toMatchObject({ method: 'GET', url: '/find?a=1&q=a%26b+%C3%BC&tag=x&tag=y&n=2' });
  });

  test('names the step for services that know an Idempotency-Key, where that is asked for', async () => {
    const url = await mirror();
    expect(bodyOf(await call({ url, idempotencyKey: true }))).toMatchObject({ key: 'run-1:step' });
    expect(bodyOf(await call({ url }))).not.toHaveProperty('key');
    const own = await call({ url, idempotencyKey: true, headers: { 'Idempotency-Key': 'mine' } });
    expect(bodyOf(own)).toMatchObject({ key: 'mine' });
  });

  test.each<[string, unknown, string, string]>([
    ['json', { type: 'json', value: { a: [1, null] } }, 'application/json', '{"a":[1,null]}'],
    ['form', { type: 'form', fields: { a: 'x y', n: 2 } }, 'application/x-www-form-urlencoded', 'a=x+y&n=2'],
    ['raw', { type: 'raw', contentType: 'text/csv', text: 'a,b' }, 'text/csv', 'a,b'],
  ])('sends a %s body', async (_, body, type, text) => {
    const url = await mirror();
    expect(bodyOf(await call({ method: 'POST', url, body }))).toMatchObject({
      method: 'POST',
      type,
      body: text,
    });
  });

  test('a header of the author’s own wins over the one that comes with the body', async () => {
    const url = await mirror();
    const done = await call({
      method: 'POST',
      url,
      headers: { 'Content-Type': 'application/vnd.api+json', 'X-Null': null },
      body: { type: 'json', value: 1 },
    });
    expect(bodyOf(done)).toMatchObject({ type: 'application/vnd.api+json' });
  });

  test('sends a file as part of a form', async () => {
    const url = await mirror();
    const files = memoryFiles();
    const file = await files.put({ name: 'a.csv', mimeType: 'text/csv', data: Buffer.from('1,2') });
    const fields = { note: 'hi', upload: { ...file } };
    const done = await call({ method: 'POST', url, body: { type: 'multipart', fields } }, { files });
    const seen = bodyOf(done) as { type: string; body: string };
    expect(seen.type).toMatch(/^multipart\/form-data; boundary=/);
    expect(seen.body).toContain('name="upload"; filename="a.csv"\r\nContent-Type: text/csv\r\n\r\n1,2');
  });

  test('hands the connection and the limits to the way out', async () => {
    const asked: HttpRequest[] = [];
    const capability = {
      request: async (request: HttpRequest) => {
        asked.push(request);
        return { status: 204, statusText: '', headers: {}, url: request.url, body: new Uint8Array() };
      },
    };
    const config = {
      url: 'https://example.com/',
      connection: 'crm',
      timeoutMs: 9000,
      maxBytes: 10,
      followRedirects: false,
    };
    await call(config, { http: capability, timeoutMs: 4000 });
    expect(asked[0]).toMatchObject({
      connectionId: 'crm',
      timeoutMs: 4000,
      maxBytes: 10,
      followRedirects: false,
    });
  });

  test.each([
    '/orders/../admin',
    '/orders/%2e%2E/admin',
    '/orders/..',
    '/orders/./x',
    '/orders\\..\\admin',
    '/a/.%2e?x',
  ])('an address that climbs is refused: %s', async (path) => {
    const error = await stepError(call({ url: `https://api.example.com${path}` }));
    expect(error.code).toBe('BAD_URL');
  });

  test.each(['/files/a..b', '/v1.2/x', '/.well-known/x', '/x?path=../up'])(
    'one with dots that do not climb passes: %s',
    async (path) => {
      const url = await mirror();
      expect(bodyOf(await call({ url: url + path }))).toMatchObject({ url: path });
    },
  );

  test('what is no address is refused with words', async () => {
    const error = await stepError(call({ url: 'orders/7' }));
    expect(error.message).toBe(
      '"orders/7" is not an address. It must begin with https:// or http://; check the expressions in it.',
    );
  });
});

describe('the answer', () => {
  test.each<[string, string, string, unknown]>([
    ['JSON', 'application/json; charset=utf-8', '{"a":1}', { a: 1 }],
    ['JSON of a kind', 'application/problem+json', '{"a":1}', { a: 1 }],
    ['text', 'text/html', '<p>', '<p>'],
    ['JSON that is none', 'application/json', 'oops', 'oops'],
    ['nothing', 'application/json', '', null],
  ])('reads %s by its content type', async (_, type, body, value) => {
    const url = await answering(200, { 'content-type': type }, body);
    expect(bodyOf(await call({ url }))).toEqual(value);
  });

  test('reads text in the character set that was announced', async () => {
    const url = await answering(
      200,
      { 'content-type': 'text/plain; charset=iso-8859-1' },
      Buffer.from([0xfc]),
    );
    expect(bodyOf(await call({ url }))).toBe('ü');
  });

  test('keeps what is neither as a file', async () => {
    const files = memoryFiles();
    const url = await answering(
      200,
      { 'content-type': 'image/png', 'content-disposition': 'attachment; filename="../logo.png"' },
      Buffer.from([1, 2, 3]),
    );
    const done = await call({ url }, { files });
    expect(bodyOf(done)).toEqual({ file: 'file-1', mimeType: 'image/png', name: '.._logo.png', bytes: 3 });
    expect([...files.stored.get('file-1')!]).toEqual([1, 2, 3]);
  });

  test('that must be JSON and is not fails with its beginning', async () => {
    const url = await answering(200, { 'content-type': 'text/html' }, '<html>\n<body>');
    const error = await stepError(call({ url, response: 'json' }));
    expect(error).toMatchObject({
      code: 'BAD_JSON',
      message:
        'The answer should be JSON and is not: <html> <body>. Read it as text, or ask the service for JSON with the header Accept.',
    });
  });

  test('whose JSON is nested deeper than anything could write again fails its step', async () => {
    const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
    const type = { 'content-type': 'application/json' };
    const error = await stepError(call({ url: await answering(200, type, nested(20_000)) }));
    expect(error).toMatchObject({
      code: 'BAD_JSON',
      message: 'The JSON of the answer is nested deeper than 200. Read it as text.',
    });
    const done = await call({ url: await answering(200, type, nested(100)) });
    expect(JSON.stringify(bodyOf(done))).toBe(nested(100));
  });

  test('with an error status fails in one short line, without the query', async () => {
    const url = await answering(
      404,
      { 'content-type': 'application/json' },
      `{"error":\n "no ${'x'.repeat(900)}"}`,
    );
    const error = await stepError(call({ url: `${url}/orders/7?key=secret` }));
    expect(error).toMatchObject({ code: 'HTTP_STATUS', transient: false, details: { status: 404 } });
    expect(error.message).toContain(`GET ${url}/orders/7 answered 404 Not Found: {"error": "no xxx`);
    expect(error.message).not.toMatch(/secret|\n/);
    expect(error.message.length).toBeLessThan(450);
  });

  test('with a 5xx keeps the body out of the words a model reads', async () => {
    const url = await answering(500, { 'content-type': 'text/plain' }, 'at db.internal:5432 (pool.js:9)');
    const error = await stepError(call({ url }));
    expect(error.message).toBe(`GET ${url}/ answered 500 Internal Server Error. Try again later.`);
    expect(error.details['body']).toBe('at db.internal:5432 (pool.js:9)');
  });

  test.each([
    [429, '7', 7000],
    [503, 'Thu, 01 Jan 1970 00:00:10 GMT', 9000],
    [500, 'soon', undefined],
  ])('status %i may pass; Retry-After %s is honoured', async (status, header, retryAfterMs) => {
    const url = await answering(status, { 'retry-after': header }, '');
    const error = await stepError(call({ url }, { now: () => 1000 }));
    expect(error).toMatchObject({ transient: true, retryAfterMs });
  });

  test('with an error status is passed on when the author wants it', async () => {
    const url = await answering(409, { 'content-type': 'text/plain', 'x-id': '1' }, 'taken');
    const { value } = await call({ url, onStatus: 'pass' });
    expect(value).toMatchObject({ status: 409, headers: { 'x-id': '1' }, body: 'taken' });
  });
});

describe('the card and the checks', () => {
  const parse = (url: string) => http.config.parse({ url });

  test.each([
    ['https://api.example.com/orders/{{ urlEncode(input.id) }}?x=1', 'GET /orders/{id}'],
    ['https://api.example.com', 'GET /'],
    ['{{ env.API }}/orders', 'GET {API}/orders'],
  ])('%s is shown as %s', (url, card) => {
    expect(http.describe(parse(url))).toBe(card);
  });

  test.each<[string, string[]]>([
    ['https://a.example/{{ urlEncode(input.id) }}', []],
    ['{{ env.API }}/orders/{{ urlEncode(input.id) }}', []],
    ['https://a.example/{{ input.id }}', ['http_url_not_encoded']],
    ['ftp://a.example/', ['http_scheme']],
    ['a.example/{{ input.id }}', ['http_scheme', 'http_url_not_encoded']],
  ])('%s has the problems %j', (url, codes) => {
    expect(http.check?.(parse(url)).map(({ code }) => code)).toEqual(codes);
  });

  test('a problem says where it is', () => {
    const url = 'https://a.example/{{ input.id }}/x';
    const [problem] = http.check!(parse(url));
    expect(url.slice(problem?.start, problem?.end)).toBe('{{ input.id }}');
  });
});
