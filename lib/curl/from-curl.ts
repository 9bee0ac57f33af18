import { expression, literalText, member } from '#lib/openapi/expression-text.ts';
import { annotationsOf, REQUEST, requestDocument } from '#lib/openapi/request-document.ts';
import { nameOfPath } from '#lib/openapi/tool-name.ts';
import type { WorkflowDocument } from '#lib/workflow/document.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import { Arguments } from './arguments.ts';
import { credentialsOf, type ProposedConnection } from './credentials.ts';
import { type CurlRequest, curlRequest } from './curl-request.ts';
import { inferSchema } from './infer-schema.ts';
import { ShellError } from './shell-words.ts';

export interface FromCurl {
  /** Input, HTTP request and Output, wired; no secret is in it. Null when the command cannot be taken over. */
  document: WorkflowDocument | null;
  /** The credential that was in the command; null when there was none. */
  connection: ProposedConnection | null;
  /** The arguments with which the workflow asks what the command asked. */
  sample: JsonObject;
  /** What could not be taken over, in words. */
  problems: string[];
}

/** Whether a pasted text is a cURL command. */
export function looksLikeCurl(text: string): boolean {
  return /^\s*(?:[$>#%]\s+)?curl(\.exe)?\s+\S/i.test(text);
}

/**
 * A workflow of a cURL command: parts of the path that look like ids, values of the query and members of the body
 * become arguments, typed, with what was pasted as examples.
 */
export function fromCurl(text: string): FromCurl {
  try {
    return made(curlRequest(text));
  } catch (error) {
    if (!(error instanceof ShellError)) throw error;
    return { document: null, connection: null, sample: {}, problems: [error.message] };
  }
}

/** The document with a connection for its request. */
export function withConnection(document: WorkflowDocument, connection: string): WorkflowDocument {
  return {
    ...document,
    nodes: document.nodes.map((node) =>
      node.id === REQUEST ? { ...node, config: { ...node.config, connection } } : node,
    ),
  };
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];

function made(request: CurlRequest): FromCurl {
  if (!METHODS.includes(request.method)) {
    throw new ShellError(
      `The method ${request.method.slice(0, 20)} cannot be sent: ${METHODS.join(', ')} can.`,
    );
  }
  const { connection, headers, url, problems } = credentialsOf(request);
  const given = new Arguments();
  const { template, path } = pathOf(url, given);
  const query = queryOf(url.searchParams, given);
  const body = bodyOf(request, given);
  const fixed = fixedHeaders(headers, body?.contentType ?? null);
  const host = request.url.hostname.split('.').at(-2) ?? request.url.hostname;
  const name = nameOfPath(request.method, /[a-z]/i.test(path) ? path : `/${host}`);
  const words = name.replaceAll('_', ' ');
  return {
    document: requestDocument({
      name,
      title: words.charAt(0).toUpperCase() + words.slice(1),
      description: wordsOf(request.method, path, request.url.host),
      annotations: annotationsOf(request.method),
      input: given.schema(),
      request: {
        method: request.method,
        url: template,
        ...(Object.keys(query).length > 0 && { query }),
        ...(Object.keys(fixed).length > 0 && { headers: fixed }),
        ...(body && { body: body.config }),
        ...(request.timeoutMs !== null && { timeoutMs: Math.min(300_000, Math.max(100, request.timeoutMs)) }),
      },
      output: { parts: [{ type: 'text', text: expression(`steps.${REQUEST}.body`) }] },
    }),
    connection,
    sample: given.sample(),
    problems: [...request.problems, ...problems],
  };
}

/** What a tool that sends this does, to begin with: its author knows better when it is of use. */
function wordsOf(method: string, path: string, host: string): string {
  const what = path === '/' || path === '' ? 'its root' : path.slice(0, 200);
  const does: Record<string, string> = {
    POST: `Sends what is given to ${what} at ${host}`,
    PUT: `Replaces ${what} at ${host}`,
    PATCH: `Changes ${what} at ${host}`,
    DELETE: `Deletes ${what} at ${host}`,
  };
  return `${does[method] ?? `Asks ${host} for ${what}`}, and gives the answer of the service.`;
}

/** Numbers, UUIDs, and words with figures in them; `v1` and `2024-01` are versions. */
function looksLikeId(part: string, before: string): boolean {
  if (/^v\d+(\.\d+)*$/i.test(part)) return false;
  if (/^\d+$/.test(part)) return !/^(api|v|version)$/i.test(before);
  if (/^\d{4}-\d{2}$/.test(part)) return false;
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(part)) return true;
  return part.length >= 4 && /\d/.test(part) && /^[\w-]+$/.test(part) && !/^[a-z]+\d{1,2}$/i.test(part);
}

function pathOf(url: URL, given: Arguments): { template: string; path: string } {
  let before = '';
  const names: string[] = [];
  const parts = url.pathname.split('/').map((raw) => {
    const part = decoded(raw);
    const placeholder = /^(?:\{(\w+)\}|:(\w+)|<(\w+)>)$/.exec(part);
    const named = placeholder?.[1] ?? placeholder?.[2] ?? placeholder?.[3];
    if (named === undefined && !looksLikeId(part, before)) {
      if (part !== '') before = part;
      names.push(raw);
      return literalText(raw);
    }
    const name = given.add({
      name: named ?? `${singular(before)}_id`,
      sample: named === undefined ? numberOr(part) : undefined,
      schema: named === undefined ? inferSchema(numberOr(part)) : { type: 'string' },
      required: true,
    });
    names.push(`{${name}}`);
    const isText = typeof numberOr(part) === 'string' || named !== undefined;
    const read = member('input', name);
    return expression(isText ? `urlEncode(${read})` : `urlEncode(String(${read}))`);
  });
  return { template: url.origin + parts.join('/'), path: names.join('/') };
}

/** `orders` → `order`; without a word before it, `item`. */
function singular(word: string): string {
  const plain = word
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .toLowerCase();
  if (plain === '') return 'item';
  if (/ies$/.test(plain)) return plain.replace(/ies$/, 'y');
  return /[^s]s$/.test(plain) ? plain.slice(0, -1) : plain;
}

function queryOf(params: URLSearchParams, given: Arguments): Record<string, string> {
  const query: Record<string, string> = {};
  for (const name of new Set(params.keys())) {
    const all = params.getAll(name);
    const sample: JsonValue = all.length > 1 ? all.map(typed) : typed(all[0]!);
    const argument = given.add({ name, sample, schema: inferSchema(sample), required: false });
    query[name] = expression(member('input', argument));
  }
  return query;
}

function bodyOf(
  { body }: CurlRequest,
  given: Arguments,
): { config: JsonObject; contentType: string | null } | null {
  if (body.type === 'none') return null;
  if (body.type === 'multipart')
    return { config: { type: 'multipart', fields: fieldsOf(body.fields, given) }, contentType: null };
  const { text, contentType } = body;
  const json = parsed(text);
  // Browsers and people send JSON with curl's own type for forms, too.
  if (json !== undefined && (/json/i.test(contentType) || typeof json === 'object')) {
    const sent = /json/i.test(contentType) ? contentType : 'application/json';
    return { config: { type: 'json', value: jsonBody(json, given) }, contentType: sent };
  }
  if (/x-www-form-urlencoded/i.test(contentType)) {
    return {
      config: { type: 'form', fields: fieldsOf([...new URLSearchParams(text)], given) },
      contentType: 'application/x-www-form-urlencoded',
    };
  }
  const name = given.add({ name: 'body', sample: text, schema: { type: 'string' }, required: true });
  return { config: { type: 'raw', contentType, text: expression(member('input', name)) }, contentType };
}

function jsonBody(json: JsonValue, given: Arguments): JsonValue {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    const name = given.add({ name: 'body', sample: json, schema: inferSchema(json), required: true });
    return expression(member('input', name));
  }
  const value: JsonObject = {};
  for (const [name, one] of Object.entries(json)) {
    // The text of a GraphQL query is the author's; its variables are the caller's.
    if (name === 'query' && typeof one === 'string' && /^\s*(query|mutation|subscription|\{)/.test(one)) {
      value[name] = literalText(one);
      continue;
    }
    if (name === 'operationName') {
      value[name] = typeof one === 'string' ? literalText(one) : one;
      continue;
    }
    const argument = given.add({ name, sample: one, schema: inferSchema(one), required: one !== null });
    value[name] = expression(member('input', argument));
  }
  return value;
}

function fieldsOf(fields: readonly [string, string][], given: Arguments): Record<string, string> {
  const byName = Map.groupBy(fields, ([name]) => name);
  return Object.fromEntries(
    [...byName].map(([name, list]) => {
      const sample: JsonValue = list.length > 1 ? list.map(([, value]) => value) : typed(list[0]![1]);
      const argument = given.add({ name, sample, schema: inferSchema(sample), required: true });
      return [name, expression(member('input', argument))];
    }),
  );
}

/** Said by the connection itself, or by a browser about itself. */
const NOT_SENT =
  /^(host|content-length|transfer-encoding|connection|keep-alive|accept-encoding|te|upgrade|expect|proxy-.*|x-forwarded-.*|forwarded)$/i;
const BROWSER =
  /^(sec-.*|user-agent|origin|referer|accept-language|priority|dnt|upgrade-insecure-requests|cache-control|pragma)$/i;

function fixedHeaders(
  headers: readonly [string, string][],
  contentType: string | null,
): Record<string, string> {
  const byBrowser = headers.some(([name]) => /^sec-/i.test(name));
  const fixed: Record<string, string> = {};
  for (const [name, value] of headers) {
    if (NOT_SENT.test(name) || (byBrowser && BROWSER.test(name))) continue;
    if (name.toLowerCase() === 'content-type' && (contentType === null || isOwn(contentType))) continue;
    if (name.toLowerCase() === 'accept' && value === '*/*') continue;
    fixed[name] = literalText(value);
  }
  return fixed;
}

/** Sent without being said. */
function isOwn(contentType: string): boolean {
  return /^application\/(json|x-www-form-urlencoded)(;\s*charset=utf-8)?$/i.test(contentType);
}

function parsed(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

/** What a text in an address or a form says: a number, a truth value, or itself. */
function typed(text: string): JsonValue {
  if (text === 'true' || text === 'false') return text === 'true';
  return numberOr(text);
}

/** Only where writing the number gives the text again: `007` and long ids are texts. */
function numberOr(text: string): string | number {
  const value = Number(text);
  return text !== '' && Number.isFinite(value) && String(value) === text ? value : text;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
