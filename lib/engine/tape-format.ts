import { createHash } from 'node:crypto';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import type { HttpRequest, HttpResponse, NewKnowledge } from './capabilities.ts';
import type { Redaction } from './tape-redaction.ts';

/** SHA-256, hexadecimal. */
export function hashOf(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** A request as it is recorded and compared: never its headers, and of its body the hash. */
export async function httpQuestion(request: HttpRequest, redaction: Redaction): Promise<JsonObject> {
  const { method, url, body = null } = request;
  return {
    method: method.toUpperCase(),
    url: redaction.url(url),
    body: body === null ? null : await bodyHash(body, redaction),
  };
}

async function bodyHash(body: string | Uint8Array | FormData, redaction: Redaction): Promise<string> {
  if (typeof body === 'string') return hashOf(redaction.text(body));
  if (body instanceof Uint8Array) return hashOf(body);
  // A form as it is sent has a boundary that is another one each time.
  const parts: JsonValue[] = [];
  for (const [name, value] of body) {
    const content =
      typeof value === 'string'
        ? redaction.text(value)
        : { name: value.name, type: value.type, hash: hashOf(await value.bytes()) };
    parts.push([name, content]);
  }
  return hashOf(JSON.stringify(parts));
}

/** A document that is written, as it is recorded and compared: of its content the hash, and not in which base. */
export function knowledgeQuestion({ path, name, data, metadata = {} }: NewKnowledge): JsonObject {
  return { path, name, hash: hashOf(data), metadata };
}

/** A response as it is recorded: JSON that is written the usual way as `json`, other text as `text`, else `base64`. */
export function httpAnswer(response: HttpResponse, redaction: Redaction): JsonObject {
  const { status, statusText, headers, url, body } = response;
  return {
    status,
    statusText,
    headers: redaction.headers(headers),
    url: redaction.url(url),
    ...bytesAsJson(body, redaction),
  };
}

/** The response that was recorded. What an example leaves out is filled in. */
export function httpResponse(answer: JsonValue, asked: JsonObject): HttpResponse {
  const given = answer as JsonObject;
  const { status = 200, statusText = '', url = asked['url'] } = given;
  const { headers = given['json'] === undefined ? {} : { 'content-type': 'application/json' } } = given;
  return {
    status: status as number,
    statusText: statusText as string,
    headers: headers as Record<string, string>,
    url: url as string,
    body: bytesOfJson(given),
  };
}

/** Bytes as JSON that reads well. With a redaction, without the credentials in them. */
export function bytesAsJson(bytes: Uint8Array, redaction: Redaction): JsonObject {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { base64: Buffer.from(bytes).toString('base64') };
  }
  const parsed = asJson(text);
  if (parsed === undefined) return { text: redaction.text(text) };
  const kept = redaction.value(parsed);
  const written = JSON.stringify(kept);
  // Spaces and the spelling of numbers are part of the answer, unless something had to be taken out of it.
  if (written === text || written !== JSON.stringify(parsed)) return { json: kept };
  return { text: redaction.text(text) };
}

export function bytesOfJson({ json, text, base64 }: JsonObject): Uint8Array {
  if (typeof base64 === 'string') return new Uint8Array(Buffer.from(base64, 'base64'));
  return new TextEncoder().encode(json === undefined ? ((text as string) ?? '') : JSON.stringify(json));
}

/** An object or a list, when the text is one. */
function asJson(text: string): JsonValue | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}
