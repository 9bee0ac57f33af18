import { connect, type Socket } from 'node:net';

/** One answer, as far as it came. */
export interface RawAnswer {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: string;
  /** It came to its end. */
  whole: boolean;
}

export interface RawTalk {
  answers: RawAnswer[];
  /** By the server, before the deadline. */
  closed: boolean;
  /** What came, undivided. */
  text: string;
}

export interface RawOptions {
  /** Stops reading when this holds; else at the end of the connection. */
  until?: (answers: RawAnswer[]) => boolean;
  /** Ends this side's writing when nothing has come for so many ms: a half-closed socket. */
  halfCloseAfterMs?: number;
  /** ms after which it counts as a hang. */
  deadlineMs?: number;
}

/** Opens a socket, with nothing written yet. */
export function openSocket(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => {
      socket.setNoDelay(true);
      resolve(socket);
    });
    socket.once('error', reject);
  });
}

/** Writes the pieces, one after the other, and reads what comes back. Throws when it takes too long. */
export async function talk(
  url: string,
  pieces: readonly (string | Buffer)[],
  { until, halfCloseAfterMs, deadlineMs = 20_000 }: RawOptions = {},
): Promise<RawTalk> {
  const socket = await openSocket(url);
  const chunks: Buffer[] = [];
  const taken = () => Buffer.concat(chunks).toString('latin1');
  let silent: NodeJS.Timeout | undefined;
  const listen = () => {
    clearTimeout(silent);
    if (halfCloseAfterMs !== undefined) silent = setTimeout(() => socket.end(), halfCloseAfterMs);
  };
  const ended = new Promise<boolean>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`no end after ${deadlineMs} ms: ${taken()}`)),
      deadlineMs,
    );
    const end = (closed: boolean) => {
      clearTimeout(timer);
      clearTimeout(silent);
      resolve(closed);
    };
    socket.on('error', () => {});
    socket.on('close', () => end(true));
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      listen();
      if (until?.(readAnswers(taken()))) end(false);
    });
  });
  for (const [index, piece] of pieces.entries()) {
    if (index > 0) await new Promise((resolve) => setTimeout(resolve, 2));
    if (!socket.destroyed) socket.write(piece);
  }
  listen();
  try {
    const closed = await ended;
    return { answers: readAnswers(taken()), closed, text: taken() };
  } finally {
    socket.destroy();
  }
}

/** Divides what came into answers; each character of `text` is one byte. */
export function readAnswers(text: string): RawAnswer[] {
  const answers: RawAnswer[] = [];
  let rest = text;
  while (rest.startsWith('HTTP/1.')) {
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0) break;
    const [first = '', ...lines] = rest.slice(0, end).split('\r\n');
    const headers: Record<string, string> = {};
    for (const line of lines) {
      const colon = line.indexOf(':');
      headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
    }
    const status = Number(first.split(' ')[1]);
    const { body, length, whole } = bodyOf(rest.slice(end + 4), headers, status);
    rest = rest.slice(end + 4 + length);
    // An interim answer: the other one is still to come.
    if (status >= 100 && status < 200 && status !== 101) continue;
    answers.push({ status, headers, body: Buffer.from(body, 'latin1').toString('utf8'), whole });
    if (!whole || status === 101) break;
  }
  return answers;
}

function bodyOf(
  rest: string,
  headers: Record<string, string>,
  status: number,
): { body: string; length: number; whole: boolean } {
  if (status === 101 || status === 100) return { body: '', length: 0, whole: true };
  if (headers['transfer-encoding'] === 'chunked') return chunked(rest);
  const length = Number(headers['content-length'] ?? 'NaN');
  // Until the end of the connection, as of HTTP/1.0.
  if (Number.isNaN(length)) return { body: rest, length: rest.length, whole: true };
  return { body: rest.slice(0, length), length, whole: rest.length >= length };
}

function chunked(rest: string): { body: string; length: number; whole: boolean } {
  let body = '';
  let at = 0;
  for (;;) {
    const end = rest.indexOf('\r\n', at);
    if (end < 0) return { body, length: rest.length, whole: false };
    const size = Number.parseInt(rest.slice(at, end), 16);
    body += rest.slice(end + 2, end + 2 + size);
    at = end + 2 + size + 2;
    if (at > rest.length) return { body, length: rest.length, whole: false };
    if (size === 0) return { body, length: at, whole: true };
  }
}

/** The messages of an answer: its body, or the events of its stream. */
export function messagesOf({ headers, body }: RawAnswer): unknown[] {
  if (headers['content-type'] !== 'text/event-stream') return body === '' ? [] : [JSON.parse(body)];
  return [...body.matchAll(/^data: (.+)\n\n/gm)].map(([, data]) => JSON.parse(data!));
}
