import fc from 'fast-check';
import { ENVELOPE } from './wire.ts';

/** An HTTP request as bytes, in the pieces in which they are sent. */
export interface OddRequest {
  pieces: Buffer[];
  /** Of its first line. */
  target: string;
}

/** The call in the body of each of them: its answer has this id and this text. */
export const GOOD_ID = 7;
export const GOOD_TEXT = 'hi';

const CALL = { name: 'echo', arguments: { text: GOOD_TEXT } };

const GOOD: Record<'modern' | 'legacy', string> = {
  modern: JSON.stringify({
    jsonrpc: '2.0',
    id: GOOD_ID,
    method: 'tools/call',
    params: { ...CALL, _meta: ENVELOPE },
  }),
  legacy: JSON.stringify({ jsonrpc: '2.0', id: GOOD_ID, method: 'tools/call', params: CALL }),
};

const METHODS = [
  ...['POST', 'POST', 'POST', 'POST', 'GET', 'DELETE', 'PUT', 'HEAD', 'OPTIONS', 'TRACE', 'PATCH'],
  ...['CONNECT', 'PRI', 'M-SEARCH', 'post', 'PO ST', '', 'G\u00cbT'],
];

const TARGETS = [
  ...['/mcp/fuzz', '/mcp/fuzz', '/mcp/fuzz', '/mcp/fuzz/', '/mcp/fuzz?', '/mcp/fuzz?x=%zz&y=%00'],
  ...[
    '//mcp/fuzz',
    '/mcp//fuzz',
    '/mcp/fu%7Az',
    '/mcp/%2e%2e/mcp/fuzz',
    '/mcp/fuzz%00',
    '/mcp/fuzz%0d%0aX:1',
  ],
  ...['/mcp/../mcp/fuzz', '/mcp/fuzz#x', '/mcp/fuzz;x=1', '/mcp/f\u00fczz', '/mcp/FUZZ', '/mcp/nothing-here'],
  ...['http://localhost/mcp/fuzz', 'http://evil.example.com/mcp/fuzz', 'localhost:80', '*', 'mcp/fuzz', '?x'],
  ...[
    '/mcp/fuzz?key=x',
    '/mcp/fuzz/sse',
    '/mcp/fuzz/ws',
    '/mcp/fuzz/sse?session=',
    '/mcp/fuzz/sse?session=a.b',
  ],
  ...['/mcp/fuzz/sse?session=%E0%A4%A', '/mcp/fuzz/ws?token=x', `/mcp/${'a'.repeat(9000)}`, '/mcp/fuzz/sse/'],
  ...['/mcp', '/mcp/', '/mcp/fuzz/server-card', '/mcp/fuzz/.well-known/x'],
];

const VERSIONS = [
  'HTTP/1.1',
  'HTTP/1.1',
  'HTTP/1.1',
  'HTTP/1.1',
  'HTTP/1.0',
  'HTTP/2.0',
  'HTTP/0.9',
  'HTTP/1.9',
  '',
];

/** Lines that are added, or stand in the place of the good one of that name. */
const ODD_LINES = [
  ...[
    'Host: evil.example.com',
    'Host:',
    'Host: localhost:99999',
    'Host: localhost\r\nHost: evil.example.com',
  ],
  ...[
    'Content-Type: text/plain',
    'Content-Type: application/json; charset=utf-16',
    'Content-Type: APPLICATION/JSON',
  ],
  ...['Content-Type: application/json-rpc', 'Content-Type: multipart/form-data; boundary=x', 'Content-Type:'],
  ...[
    'Content-Encoding: gzip',
    'Content-Encoding: identity',
    'Content-Encoding: br, gzip',
    'Content-Encoding:',
  ],
  ...['Accept: text/html', 'Accept: */*', 'Accept:', 'Accept: text/event-stream;q=0', 'Accept: \u00ff'],
  ...['Expect: 100-continue', 'Expect: 200-ok', 'Expect: 100-continue, 100-continue'],
  ...[
    'Connection: keep-alive',
    'Connection: upgrade\r\nUpgrade: websocket',
    'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c',
  ],
  ...[
    'Connection: Host, Authorization',
    'Keep-Alive: timeout=99999',
    'TE: trailers',
    'Trailer: Authorization',
  ],
  ...[
    'Origin: null',
    'Origin: http://evil.example.com',
    'Origin:',
    'Origin: http://localhost, http://evil.example.com',
  ],
  ...['MCP-Protocol-Version: 2025-11-25', 'MCP-Protocol-Version: 2099-01-01', 'MCP-Protocol-Version: \u00e9'],
  ...[
    'MCP-Protocol-Version: 2026-07-28\r\nMCP-Protocol-Version: 2025-11-25',
    'MCP-Protocol-Version:',
    'MCP-Protocol-Version: null',
  ],
  ...[
    'Mcp-Method: tools/list',
    'Mcp-Method: tools/call\r\nMcp-Method: tools/call',
    'Mcp-Method:',
    'Mcp-Method: \u0001',
  ],
  ...[
    'Mcp-Name: other',
    'Mcp-Name: =?base64?ZWNobw==?=',
    'Mcp-Name: =?base64?ZWNo!!bw==?=',
    'Mcp-Name: =?base64?/////w==?=',
  ],
  ...['Mcp-Name: =?base64?', `Mcp-Name: ${'x'.repeat(8000)}`, 'Mcp-Name : echo', 'Mcp-Name: a\r\n b'],
  ...[
    'Mcp-Session-Id:',
    'Mcp-Session-Id: a.b',
    'Mcp-Session-Id: \u00ff\u0080',
    `Mcp-Session-Id: ${'a'.repeat(4000)}.b`,
  ],
  ...[
    'Mcp-Session-Id: x\r\nMcp-Session-Id: y',
    'Last-Event-ID: 1',
    'Last-Event-ID: \u00ff',
    `Last-Event-ID: ${'9'.repeat(4000)}`,
  ],
  ...['Mcp-Param-Region: eu', 'Mcp-Param-Region: =?base64?x?=', 'Mcp-Param-: x', 'Mcp-Param-__proto__: x'],
  ...[
    'Authorization: Bearer',
    'Authorization: Bearer pbk_',
    'Authorization: Basic dTpw',
    'Authorization: \u00ff',
    'X-API-Key: pbk_x',
  ],
  ...[
    'Cookie: a=b; a=c',
    'X-Forwarded-For: 127.0.0.1',
    'X-Forwarded-Host: evil.example.com',
    '__proto__: x',
    'constructor: x',
  ],
  ...[
    'NoColon',
    ': empty',
    'Bad Name: x',
    'Nul: a\u0000b',
    'Cr: a\rb',
    'X: \u007f',
    '\tX: y',
    `Big: ${'x'.repeat(17_000)}`,
  ],
  ...[
    Array.from({ length: 900 }, (_, at) => `h${at}: x`).join('\r\n'),
    Array.from({ length: 3000 }, () => 'a:b').join('\r\n'),
  ],
];

/** How the length of the body is told: lines, and the body as it is then written. */
const BODIES: ((body: string) => { lines: string[]; body: string })[] = [
  ...Array.from({ length: 6 }, () => (body: string) => ({ lines: [`Content-Length: ${body.length}`], body })),
  (body) => ({
    lines: ['Transfer-Encoding: chunked'],
    body: `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
  }),
  (body) => ({
    lines: ['Transfer-Encoding: chunked'],
    body: `${[...body].map((one) => `1;x=y\r\n${one}\r\n`).join('')}0\r\nAuthorization: x\r\n\r\n`,
  }),
  (body) => ({ lines: ['Transfer-Encoding: chunked'], body: `fffffffff\r\n${body}` }),
  (body) => ({ lines: ['Transfer-Encoding: chunked'], body: `-5\r\n${body}\r\n0\r\n\r\n` }),
  (body) => ({ lines: ['Transfer-Encoding: chunked'], body: `zz\r\n${body}` }),
  (body) => ({ lines: ['Transfer-Encoding: chunked'], body: `5\n${body}\n0\n\n` }),
  (body) => ({
    lines: ['Transfer-Encoding: gzip, chunked'],
    body: `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
  }),
  (body) => ({ lines: ['Transfer-Encoding: identity', `Content-Length: ${body.length}`], body }),
  (body) => ({ lines: ['Transfer-Encoding: xchunked'], body }),
  (body) => ({
    lines: ['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'],
    body: `0\r\n\r\n${body}`,
  }),
  (body) => ({ lines: [`Content-Length: ${body.length + 50}`], body }),
  (body) => ({ lines: [`Content-Length: ${body.length - 5}`], body }),
  (body) => ({ lines: [`Content-Length: ${body.length}`, `Content-Length: ${body.length + 1}`], body }),
  (body) => ({ lines: ['Content-Length: -1'], body }),
  (body) => ({ lines: ['Content-Length: 99999999999999999999'], body }),
  (body) => ({ lines: ['Content-Length: 1e3'], body }),
  (body) => ({ lines: ['Content-Length: 2000000'], body }),
  (_body) => ({ lines: ['Content-Length: 0'], body: '' }),
  (body) => ({ lines: [], body }),
  (_body) => ({ lines: [], body: '' }),
  (body) => ({ lines: [`Content-Length: ${body.length}`], body: body.replace('2.0', '2.1') }),
  () => ({ lines: ['Content-Length: 3'], body: '\u00ef\u00bb\u00bf' }),
];

/** A request to the project `fuzz` that is odd in some places, or in none. */
export function oddRequest(key: string): fc.Arbitrary<OddRequest> {
  return fc
    .record({
      era: fc.constantFrom('modern' as const, 'legacy' as const),
      method: fc.oneof({ weight: 3, arbitrary: fc.constant('POST') }, fc.constantFrom(...METHODS)),
      target: fc.oneof({ weight: 2, arbitrary: fc.constant('/mcp/fuzz') }, fc.constantFrom(...TARGETS)),
      version: fc.oneof({ weight: 4, arbitrary: fc.constant('HTTP/1.1') }, fc.constantFrom(...VERSIONS)),
      lines: fc.array(fc.constantFrom(...ODD_LINES), { maxLength: 3 }),
      instead: fc.boolean(),
      body: fc.nat(BODIES.length - 1),
      cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 3 }),
      end: fc.constantFrom('\r\n', '\r\n', '\r\n', '\r\n', '\n'),
    })
    .map(({ era, method, target, version, lines, instead, body, cuts, end }) => {
      const told = BODIES[body]!(GOOD[era]);
      const good = [
        'Host: localhost',
        `Authorization: Bearer ${key}`,
        'Content-Type: application/json',
        'Accept: application/json, text/event-stream',
        ...(era === 'modern'
          ? ['MCP-Protocol-Version: 2026-07-28', 'Mcp-Method: tools/call', 'Mcp-Name: echo']
          : ['MCP-Protocol-Version: 2025-11-25']),
      ];
      const kept = good.filter((line) => !instead || !lines.some((odd) => nameOf(odd) === nameOf(line)));
      const first = `${method} ${target} ${version}`;
      const text = `${[first, ...kept, ...lines, ...told.lines].join(end)}${end}${end}${told.body}`;
      const bytes = Buffer.from(text, 'latin1');
      const places = cuts.map((cut) => Math.floor(cut * bytes.length)).sort((a, b) => a - b);
      const pieces = [0, ...places].map((from, at) => bytes.subarray(from, places[at]));
      return { pieces, target, [fc.toStringMethod]: () => text.slice(0, 3000) };
    });
}

function nameOf(line: string): string | undefined {
  return line.split(':')[0]?.toLowerCase();
}
