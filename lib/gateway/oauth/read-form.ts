import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { OauthError } from '#lib/auth/oauth/oauth-error.ts';

const MOST_BYTES = 16 * 1024;
const TIMEOUT_MS = 10_000;

/**
 * The parameters of a form, each at most once. `several`: one that may come more often, and is then the reader's affair.
 * Throws OauthError `invalid_request`.
 */
export async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  const text = await readText(request, /^application\/x-www-form-urlencoded\s*(;|$)/i);
  const form = new URLSearchParams(text);
  const names = [...form.keys()];
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new OauthError(
      twice === 'resource' ? 'invalid_target' : 'invalid_request',
      `Send ${JSON.stringify(twice.slice(0, 50))} once.`,
    );
  }
  return form;
}

/** A JSON body. Throws OauthError `invalid_client_metadata`. */
export async function readJsonBody(request: IncomingMessage): Promise<unknown> {
  const text = await readText(request, /^application\/json\s*(;|$)/i);
  try {
    return JSON.parse(text);
  } catch {
    throw new OauthError('invalid_client_metadata', 'The body is no JSON.');
  }
}

async function readText(request: IncomingMessage, type: RegExp): Promise<string> {
  const { 'content-type': given, 'content-encoding': encoding } = request.headers;
  if (!type.test(given ?? '')) {
    const wanted = type.source.includes('form') ? 'application/x-www-form-urlencoded' : 'application/json';
    throw new OauthError('invalid_request', `Send the body as ${wanted}.`);
  }
  if (encoding !== undefined && encoding !== 'identity') {
    throw new OauthError('invalid_request', 'Send the body without Content-Encoding.');
  }
  const pieces: Buffer[] = [];
  let size = 0;
  const timer = setTimeout(() => request.destroy(), TIMEOUT_MS);
  try {
    for await (const piece of request as AsyncIterable<Buffer>) {
      size += piece.length;
      if (size > MOST_BYTES) {
        throw new OauthError('invalid_request', `The body is larger than ${MOST_BYTES} bytes.`, {
          connection: 'close',
        });
      }
      pieces.push(piece);
    }
  } finally {
    clearTimeout(timer);
  }
  const body = Buffer.concat(pieces);
  if (!isUtf8(body)) throw new OauthError('invalid_request', 'The body is no UTF-8.');
  return body.toString('utf8');
}
