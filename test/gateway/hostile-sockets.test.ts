import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listRuns } from '#lib/operations/read-runs.ts';
import { startTestServer, type TestProject, type TestServer } from './support/gateway.ts';
import { messagesOf, openSocket, type RawAnswer, talk } from './support/raw.ts';
import { call } from './support/wire.ts';
import { echo } from './support/workflows.ts';

// What no library sends: bytes on a socket.

let server: TestServer;
let project: TestProject;

beforeAll(async () => {
  server = await startTestServer();
  project = await server.project('sockets', { workflows: [echo] });
});

afterAll(() => server.close());

const bodyOf = (text: string, id: number) =>
  JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { name: 'echo', arguments: { text } } });

const headOf = (...lines: string[]) =>
  [
    'POST /mcp/sockets HTTP/1.1',
    'Host: localhost',
    `Authorization: Bearer ${project.key}`,
    'Content-Type: application/json',
    ...lines,
    '\r\n',
  ].join('\r\n');

const post = (text: string, id: number) => {
  const body = bodyOf(text, id);
  return `${headOf(`Content-Length: ${body.length}`)}${body}`;
};

const textOf = (answer: RawAnswer) =>
  (messagesOf(answer)[0] as { id: number; result: { content: { text: string }[] } }).result.content[0]!.text;

/** How many runs there were so far. */
async function runs(): Promise<number> {
  await server.app.recorder.flush();
  const { items } = await listRuns(server.app, server.owner, 'sockets', { limit: 100 });
  return items.length;
}

describe('one request inside another', () => {
  it('is none: requests one after the other are answered in their order', async () => {
    const three = [post('first', 1), post('second', 2), post('third', 3)].join('');
    const { answers } = await talk(project.url, [three], { until: (all) => all[2]?.whole === true });
    expect(answers.map(textOf)).toEqual(['first', 'second', 'third']);
  });

  const inner = () => post('smuggled', 9);
  const shapes: [name: string, bytes: () => string][] = [
    [
      'two ways to tell the length',
      () => `${headOf('Content-Length: 5', 'Transfer-Encoding: chunked')}0\r\n\r\n${inner()}`,
    ],
    [
      'the same, the other way around',
      () =>
        `${headOf('Transfer-Encoding: chunked', `Content-Length: ${inner().length + 5}`)}0\r\n\r\n${inner()}`,
    ],
    ['two lengths', () => `${headOf('Content-Length: 0', `Content-Length: ${inner().length}`)}${inner()}`],
    ['a length with a sign', () => `${headOf('Content-Length: +0')}${inner()}`],
    ['two lengths in one', () => `${headOf('Content-Length: 0, 0')}${inner()}`],
    [
      'an encoding that ends otherwise',
      () => `${headOf('Transfer-Encoding: chunked, identity')}0\r\n\r\n${inner()}`,
    ],
    [
      'an encoding with a byte before it',
      () => `${headOf('Transfer-Encoding: \u000bchunked')}0\r\n\r\n${inner()}`,
    ],
    ['a chunk of no length', () => `${headOf('Transfer-Encoding: chunked')}\r\n\r\n${inner()}`],
    [
      'a chunk with a line of its own',
      () => `${headOf('Transfer-Encoding: chunked')}0;a\nb\r\n\r\n${inner()}`,
    ],
    ['a name with a space', () => `${headOf('Content-Length : 0', 'Content-Length: 3')}${inner()}`],
    [
      'a name on a second line',
      () => `${headOf('X: y', ' Content-Length: 0', 'Transfer-Encoding: chunked')}0\r\n\r\n${inner()}`,
    ],
    [
      'lines that end early',
      () => `${headOf('X: y\nTransfer-Encoding: chunked', 'Content-Length: 0')}0\r\n\r\n${inner()}`,
    ],
  ];
  for (const [name, bytes] of shapes) {
    it(`is not run: ${name}`, async () => {
      const before = await runs();
      const { answers, closed } = await talk(project.url, [bytes()], { halfCloseAfterMs: 100 });
      expect(closed).toBe(true);
      expect(answers.map(({ status }) => status)).toEqual([400]);
      expect(await runs()).toBe(before);
    });
  }

  it('(and would be counted if it were run)', async () => {
    const before = await runs();
    await talk(project.url, [post('in the open', 1)], { until: (all) => all[0]?.whole === true });
    expect(await runs()).toBe(before + 1);
  });
});

it('headers have 16 KiB', async () => {
  const headersOf = (length: number) => `${headOf(`Big: ${'x'.repeat(length)}`, 'Content-Length: 0')}`;
  const { answers } = await talk(project.url, [headersOf(15_000)], {
    until: (all) => all[0]?.whole === true,
  });
  expect(answers[0]?.status).toBe(400);
  expect(messagesOf(answers[0]!)).toMatchObject([{ error: { code: -32_700 } }]);
  const refused = await talk(project.url, [headersOf(17_000)]);
  expect([refused.answers[0]?.status, refused.closed]).toEqual([431, true]);
});

describe('a slow client', () => {
  it('has 15 s for its body and 10 s for its headers', async () => {
    const drip = async (bytes: string) => {
      const socket = await openSocket(project.url);
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk;
      });
      socket.on('error', () => {});
      socket.write(bytes);
      const timer = setInterval(() => socket.write('x'), 500);
      await once(socket, 'close');
      clearInterval(timer);
      return text;
    };
    const [body, head] = await Promise.all([
      drip(headOf('Content-Length: 100000')),
      drip('POST /mcp/sockets HTTP/1.1\r\nHost: localhost\r\nX: '),
    ]);
    expect(body).toMatch(/^HTTP\/1\.1 408 .*"code":-32000,"message":"The body took too long to arrive\."/s);
    expect(head).toMatch(/^HTTP\/1\.1 408 /);
  });
});

describe('a request to upgrade', () => {
  const upgrade = (...lines: string[]) =>
    [
      'GET /mcp/sockets/ws HTTP/1.1',
      'Host: localhost',
      'Connection: Upgrade',
      'Upgrade: websocket',
      ...lines,
      '\r\n',
    ].join('\r\n');
  const hello = () =>
    upgrade(
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Version: 13',
      `Authorization: Bearer ${project.key}`,
    );

  it('that is refused is let go, also where the other side keeps its half of the connection', async () => {
    const { hostname, port } = new URL(project.url);
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    socket.on('error', () => {});
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.write(upgrade());
    await once(socket, 'end');
    expect(text).toMatch(/^HTTP\/1\.1 401 /);
    expect(text.toLowerCase()).toContain('x-content-type-options: nosniff');
    const closed = new Promise((resolve) => {
      socket.once('close', resolve);
    });
    // Where nobody is there any more this ends the connection.
    const timer = setInterval(() => socket.write('x'), 50);
    await closed;
    clearInterval(timer);
  });

  it('needs what a WebSocket needs', async () => {
    const key = `Authorization: Bearer ${project.key}`;
    for (const lines of [
      [key],
      [key, 'Sec-WebSocket-Key: short', 'Sec-WebSocket-Version: 13'],
      [key, 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Version: 99'],
      [
        key,
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Protocol: ,,',
      ],
    ]) {
      const { answers, closed } = await talk(project.url, [upgrade(...lines)]);
      expect([answers[0]?.status, closed], lines.join()).toEqual([400, true]);
    }
  });

  /** A frame: the first byte, and the payload, masked with zeros. */
  const frame = (first: number, payload: string | Buffer, { masked = true } = {}) => {
    const bytes = Buffer.from(payload);
    const length = bytes.length < 126 ? [bytes.length] : [126, bytes.length >> 8, bytes.length & 255];
    length[0]! |= masked ? 0x80 : 0;
    return Buffer.concat([Buffer.from([first, ...length, ...(masked ? [0, 0, 0, 0] : [])]), bytes]);
  };
  const TEXT = 0x81;
  const text = bodyOf('framed', 5);

  /** Sends frames; returns the text frames that came, and the code of the closing one. */
  async function exchange(
    frames: Buffer[],
    { messages = 0 } = {},
  ): Promise<{ texts: string[]; code: number | null }> {
    let texts: string[] = [];
    let code: number | null = null;
    const socket = await openSocket(project.url);
    socket.on('error', () => {});
    let bytes = Buffer.alloc(0);
    socket.write(hello());
    const over = new Promise<void>((resolve) => {
      socket.on('close', () => resolve());
      socket.on('data', (chunk) => {
        bytes = Buffer.concat([bytes, chunk]);
        const head = bytes.indexOf('\r\n\r\n');
        if (head < 0) return;
        ({ texts, code } = framesOf(bytes.subarray(head + 4)));
        if (code !== null || (messages > 0 && texts.length >= messages)) resolve();
      });
    });
    await once(socket, 'data');
    for (const one of frames) if (!socket.destroyed) socket.write(one);
    await over;
    socket.destroy();
    return { texts, code };
  }

  it('(these frames are understood)', async () => {
    const half = Math.floor(text.length / 2);
    const whole = [frame(TEXT, text)];
    const parts = [frame(0x01, text.slice(0, half)), frame(0x89, 'ping'), frame(0x80, text.slice(half))];
    for (const frames of [whole, parts]) {
      const { texts } = await exchange(frames, { messages: 1 });
      expect(JSON.parse(texts[0]!)).toMatchObject({ id: 5, result: { content: [{ text: 'framed' }] } });
    }
  });

  const broken: [name: string, frames: Buffer[], code: number][] = [
    ['without a mask', [frame(TEXT, '{}', { masked: false })], 1002],
    ['with a reserved bit', [frame(TEXT | 0x40, '{}')], 1002],
    ['of an unknown kind', [frame(0x83, '{}')], 1002],
    ['that goes on with nothing', [frame(0x80, '{}')], 1002],
    ['that begins in the middle of another', [frame(0x01, '{'), frame(TEXT, '{}')], 1002],
    ['of control in pieces', [frame(0x09, 'x')], 1002],
    ['of control that is long', [frame(0x89, 'x'.repeat(126))], 1002],
    ['that closes with half a code', [frame(0x88, '\u0003')], 1002],
    ['that closes with a code that there is not', [frame(0x88, Buffer.from([0x03, 0xed]))], 1002],
    ['of text that is none', [frame(TEXT, Buffer.from([0x7b, 0xff, 0xfe, 0x7d]))], 1007],
    ['of bytes', [frame(0x82, '{}')], 1003],
    ['in very many pieces', [frame(0x01, ''), ...Array.from({ length: 2000 }, () => frame(0x00, ''))], 1008],
    ['that says it is huge', [Buffer.from([TEXT, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0])], 1009],
    [
      'that says it is endless',
      [Buffer.from([TEXT, 0xff, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0])],
      1009,
    ],
  ];
  for (const [name, frames, code] of broken) {
    it(`ends with a frame ${name}`, async () => {
      expect((await exchange(frames)).code).toBe(code);
      const after = await call(project.url, project.key, 'echo', { text: 'still here' });
      expect(after.json.result?.content[0]?.text).toBe('still here');
    });
  }

  it('is none where HTTP goes on: what follows a refused one is not read', async () => {
    const before = await runs();
    const { answers } = await talk(project.url, [`${upgrade()}${post('after an upgrade', 3)}`]);
    expect(answers.map(({ status }) => status)).toEqual([401]);
    expect(await runs()).toBe(before);
  });
});

/** Frames of a server have no mask; those here are short or of two bytes' length. */
function framesOf(bytes: Buffer): { texts: string[]; code: number | null } {
  const texts: string[] = [];
  let at = 0;
  while (at + 2 <= bytes.length) {
    const kind = bytes[at]! & 0x0f;
    let length = bytes[at + 1]!;
    at += 2;
    if (length === 126) {
      length = bytes.readUInt16BE(at);
      at += 2;
    }
    const payload = bytes.subarray(at, at + length);
    if (payload.length < length) break;
    at += length;
    if (kind === 8) return { texts, code: length >= 2 ? payload.readUInt16BE(0) : 1005 };
    if (kind === 1) texts.push(payload.toString());
  }
  return { texts, code: null };
}
