import type { HttpRequest, HttpResponse } from '#lib/engine/capabilities.ts';
import { StepError } from '#lib/engine/errors.ts';
import { isJsonObject } from '#lib/workflow/json.ts';
import { parseGuestJson } from './guest-json.ts';

/** Sends one request on behalf of a run. Throws StepError. */
export type SendHttp = (request: HttpRequest, signal: AbortSignal) => Promise<HttpResponse>;

export interface Reply {
  type: 'answer' | 'refuse';
  /** JSON: the answer, or `{ code, message }`, each with `now`: the time at which it came, for the code's clock. */
  body: string;
}

/**
 * Does what a guest's `http.fetch` asks for. Never throws: whatever fails becomes a refusal with a code, and of errors
 * only StepErrors show their message, as they are written for the outside.
 */
export async function answerHttp(
  text: string,
  http: SendHttp,
  options: { signal: AbortSignal; timeoutMs: number; maxBytes: number; now: () => number },
): Promise<Reply> {
  try {
    const request = readRequest(text);
    const { timeoutMs, maxBytes } = options;
    const response = await http({ ...request, timeoutMs, maxBytes }, options.signal);
    if (response.body.byteLength > maxBytes) {
      throw new StepError('TOO_LARGE', `The answer is larger than ${maxBytes} bytes.`);
    }
    const { status, statusText, headers, url } = response;
    const body = decodeText(response.body, headers['content-type']);
    return {
      type: 'answer',
      body: JSON.stringify({ status, statusText, headers, url, body, now: options.now() }),
    };
  } catch (error) {
    const { code, message } =
      error instanceof StepError ? error : { code: 'NETWORK', message: 'The request failed.' };
    return { type: 'refuse', body: JSON.stringify({ code, message, now: options.now() }) };
  }
}

function readRequest(text: string): HttpRequest {
  const value = parseGuestJson(text);
  if (!isJsonObject(value)) throw badRequest('it is no object');
  const { url, method, headers, body } = value;
  if (typeof url !== 'string') throw badRequest('`url` must be text');
  if (typeof method !== 'string' || !/^[A-Za-z]{1,20}$/.test(method))
    throw badRequest('`method` must be a word');
  if (!isJsonObject(headers)) throw badRequest('`headers` must be an object');
  if (body !== null && body !== undefined && typeof body !== 'string')
    throw badRequest('`body` must be text');
  return {
    url,
    method: method.toUpperCase(),
    headers: Object.fromEntries(Object.entries(headers).map(([name, item]) => [name, String(item)])),
    body: body ?? null,
  };
}

const badRequest = (why: string) =>
  new StepError('BAD_REQUEST', `http.fetch cannot send this request: ${why}.`);

function decodeText(bytes: Uint8Array, contentType: string | undefined): string {
  const charset = /charset="?([^";\s]+)/i.exec(contentType ?? '')?.[1];
  try {
    return new TextDecoder(charset ?? 'utf-8').decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}
