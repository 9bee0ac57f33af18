import * as z from 'zod';
import type { FileHandle, HttpRequest, HttpResponse } from '#lib/engine/capabilities.ts';
import { StepError } from '#lib/engine/errors.ts';
import type { NodeContext, NodeKind } from '#lib/engine/kind.ts';
import { retryAfterMs } from '#lib/engine/retry-after.ts';
import type { JsonSchema, JsonValue } from '#lib/workflow/json.ts';
import { jsonExcess } from '#lib/workflow/json-excess.ts';
import { asText, oneLine, templateLabel } from '#lib/workflow/text.ts';

const MiB = 1024 * 1024;

/** As deep as expressions go: what is deeper nobody downstream could write as JSON again. */
const JSON_LIMITS = { depth: 200, values: Number.POSITIVE_INFINITY };

const fields = z.record(z.string().min(1).max(500), z.string()).default({});

const body = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('none') }).meta({ title: 'None' }),
    z
      .strictObject({
        type: z.literal('json'),
        value: z.json().meta({ title: 'JSON', widget: 'json', template: true }),
      })
      .meta({ title: 'JSON' }),
    z
      .strictObject({
        type: z.literal('form'),
        fields: fields.meta({ title: 'Fields', widget: 'key-value', template: true }),
      })
      .meta({ title: 'Form' }),
    z
      .strictObject({
        type: z.literal('multipart'),
        fields: fields.meta({
          title: 'Fields',
          description: 'A field whose value is a file is sent as a file.',
          widget: 'key-value',
          template: true,
        }),
      })
      .meta({ title: 'Multipart form' }),
    z
      .strictObject({
        type: z.literal('raw'),
        contentType: z.string().default('text/plain; charset=utf-8').meta({ title: 'Content type' }),
        text: z.string().meta({ title: 'Text', widget: 'textarea', template: true }),
      })
      .meta({ title: 'Text' }),
  ])
  .default({ type: 'none' });

const config = z.strictObject({
  method: z
    .enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'])
    .default('GET')
    .meta({ title: 'Method', widget: 'select' }),
  url: z.string().min(1, 'an address is needed').max(8192).meta({
    title: 'URL',
    description: 'Values go in as they are: wrap those that are part of a path in urlEncode().',
    template: true,
    placeholder: 'https://api.example.com/orders/{{ urlEncode(input.order_id) }}',
  }),
  query: fields.meta({
    title: 'Query',
    description: 'Added to the address, encoded. A list repeats the name, null leaves it out.',
    widget: 'key-value',
    template: true,
  }),
  headers: fields.meta({ title: 'Headers', widget: 'key-value', template: true }),
  body: body.meta({ title: 'Body' }),
  connection: z.string().min(1).max(64).optional().meta({
    title: 'Connection',
    description: 'Stored credentials; sent only to the hosts the connection names.',
    widget: 'connection',
    connectionType: 'http',
  }),
  response: z
    .enum(['auto', 'json', 'text', 'file'])
    .default('auto')
    .meta({
      title: 'Read the answer as',
      widget: 'select',
      labels: { auto: 'what its content type says', json: 'JSON', text: 'text', file: 'a file' },
    }),
  onStatus: z
    .enum(['fail', 'pass'])
    .default('fail')
    .meta({
      title: 'Status 400 and above',
      widget: 'select',
      labels: { fail: 'fails the step', pass: 'is passed on' },
    }),
  followRedirects: z.boolean().default(true).meta({ title: 'Follow redirects', advanced: true }),
  idempotencyKey: z.boolean().default(false).meta({
    title: 'Send an Idempotency-Key',
    description:
      'A name of this step in this run, the same each time it is tried: a service that knows the header does not do it twice.',
    advanced: true,
  }),
  timeoutMs: z
    .int()
    .min(100)
    .max(300_000)
    .default(30_000)
    .meta({ title: 'Time limit', description: 'ms for the whole exchange.', advanced: true }),
  maxBytes: z
    .int()
    .min(1)
    .max(50 * MiB)
    .default(5 * MiB)
    .meta({ title: 'Size limit', description: 'Bytes of the answer; more fails the step.', advanced: true }),
});

const json = z.custom<JsonValue>().optional();
const resolvedFields = z.record(z.string(), json);

const resolved = z.object({
  ...config.omit({ url: true, query: true, headers: true, body: true }).shape,
  url: z.string(),
  query: resolvedFields,
  headers: resolvedFields,
  body: z.discriminatedUnion('type', [
    z.object({ type: z.literal('none') }),
    z.object({ type: z.literal('json'), value: json }),
    z.object({ type: z.literal('form'), fields: resolvedFields }),
    z.object({ type: z.literal('multipart'), fields: resolvedFields }),
    z.object({ type: z.literal('raw'), contentType: z.string(), text: json }),
  ]),
});

/** Calls another service. */
export const http: NodeKind<typeof config, z.output<typeof resolved>> = {
  type: 'http',
  title: 'HTTP request',
  summary: 'Calls another service over HTTP and reads its answer.',
  keywords: ['api', 'rest', 'fetch', 'url', 'webhook', 'get', 'post', 'curl', 'graphql'],
  icon: 'globe',
  group: 'do',
  config,
  resolved,
  initial: { method: 'GET', url: 'https://api.example.com/items' },
  initialKey: 'fetch',
  needs: ['http', 'files'],
  example: {
    summary: 'Fetches an order and answers with its state.',
    steps: {
      arguments: {
        kind: 'input',
        config: {
          schema: { type: 'object', properties: { order: { type: 'string' } }, required: ['order'] },
        },
      },
      fetch: {
        config: {
          method: 'GET',
          url: 'https://api.example.com/orders/{{ urlEncode(input.order) }}',
          query: { fields: 'state,total' },
        },
      },
      answer: {
        kind: 'output',
        config: {
          parts: [{ type: 'text', text: '{{ steps.fetch.body.state }}, {{ steps.fetch.body.total }} EUR' }],
        },
      },
    },
    edges: ['arguments -> fetch', 'fetch -> answer'],
    input: { order: 'A 7' },
    world: {
      fetch: {
        asked: [
          {
            ask: 'http',
            request: { method: 'GET', url: 'https://api.example.com/orders/A%207?fields=state%2Ctotal' },
            answer: { status: 200, json: { state: 'sent', total: 41.5 } },
          },
        ],
      },
    },
    answer: { text: 'sent, 41.5 EUR' },
  },
  handles: () => [{ id: 'out' }],
  outputSchema: ({ response }) => ({
    type: 'object',
    properties: {
      status: { type: 'integer' },
      headers: { type: 'object', additionalProperties: { type: 'string' } },
      body: response === 'text' ? { type: 'string' } : response === 'file' ? FILE_SCHEMA : {},
    },
    required: ['status', 'headers', 'body'],
  }),
  describe: ({ method, url }) => {
    const path = url.replace(/^https?:\/\/[^/?#]*/i, '').replace(/[?#].*$/, '') || '/';
    return oneLine(`${method} ${templateLabel(path)}`, 60);
  },
  check: ({ url }) => {
    const problems: ReturnType<NonNullable<NodeKind['check']>> = [];
    if (!url.trimStart().startsWith('{{') && !/^\s*https?:\/\//i.test(url)) {
      problems.push({
        code: 'http_scheme',
        severity: 'error',
        message: 'The address must begin with https:// or http://.',
        field: ['url'],
        start: 0,
        end: url.length,
      });
    }
    for (const match of url.matchAll(/\{\{.*?\}\}/gs)) {
      if (match.index === 0 || /urlEncode\s*\(|\benv\./.test(match[0])) continue;
      problems.push({
        code: 'http_url_not_encoded',
        severity: 'warning',
        message:
          'This value goes into the address as it is, so that a "/", "?" or "#" in it changes which address is called: wrap it in urlEncode(), or use the query fields.',
        field: ['url'],
        start: match.index,
        end: match.index + match[0].length,
      });
    }
    return problems;
  },
  run: async (context) => {
    const { config: given, capabilities, signal } = context;
    const response = await capabilities.http.request(await requestOf(context), signal);
    if (response.status >= 400 && given.onStatus === 'fail') throw statusError(context, response);
    const value = await bodyOf(context, response);
    return { value: { status: response.status, headers: { ...response.headers }, body: value } };
  },
};

type Context = NodeContext<z.output<typeof resolved>>;

const FILE_SCHEMA: JsonSchema = {
  type: 'object',
  properties: {
    file: { type: 'string' },
    mimeType: { type: 'string' },
    name: { type: 'string' },
    bytes: { type: 'integer' },
  },
  required: ['file', 'mimeType', 'name', 'bytes'],
};

async function requestOf(context: Context): Promise<HttpRequest> {
  const { config: given, timeoutMs } = context;
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(given.headers)) {
    if (value !== null && value !== undefined) headers[name.toLowerCase()] = asText(value);
  }
  const [payload, contentType] = await payloadOf(context);
  if (contentType !== null) headers['content-type'] ??= contentType;
  if (given.idempotencyKey) headers['idempotency-key'] ??= context.stepId;
  return {
    method: given.method,
    url: addressOf(given.url, given.query),
    headers,
    body: payload,
    connectionId: given.connection,
    timeoutMs: Math.min(timeoutMs, given.timeoutMs),
    maxBytes: given.maxBytes,
    followRedirects: given.followRedirects,
  };
}

/**
 * The address with its query. A path with a "." or ".." segment is refused before it is parsed: parsing
 * would climb, so that a value such as `../admin` could leave the path the author wrote (`%2e` counts too).
 */
function addressOf(text: string, query: Record<string, JsonValue | undefined>): string {
  const path = text.trim().replace(/[?#].*$/s, '');
  if (/[/\\](\.|%2e){1,2}([/\\]|$)/i.test(path)) {
    throw new StepError(
      'BAD_URL',
      `The address "${oneLine(path, 200)}" has a "." or ".." in its path, which could lead to another one than was meant. Check the values that go into it.`,
      {
        details: { field: ['url'] },
      },
    );
  }
  const url = URL.parse(text.trim());
  if (!url) {
    throw new StepError(
      'BAD_URL',
      `"${oneLine(text, 200)}" is not an address. It must begin with https:// or http://; check the expressions in it.`,
      {
        details: { field: ['url'] },
      },
    );
  }
  for (const [name, value] of Object.entries(query)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== null && item !== undefined) url.searchParams.append(name, asText(item));
    }
  }
  return url.href;
}

async function payloadOf(context: Context): Promise<[HttpRequest['body'], contentType: string | null]> {
  const { body: given } = context.config;
  switch (given.type) {
    case 'none':
      return [null, null];
    case 'json':
      return [JSON.stringify(given.value ?? null), 'application/json'];
    case 'raw':
      return [asText(given.text), given.contentType];
    case 'form': {
      const form = new URLSearchParams();
      for (const [name, value] of Object.entries(given.fields)) {
        for (const item of Array.isArray(value) ? value : [value]) form.append(name, asText(item));
      }
      return [form.toString(), 'application/x-www-form-urlencoded'];
    }
    case 'multipart': {
      const form = new FormData();
      for (const [name, value] of Object.entries(given.fields)) {
        for (const item of Array.isArray(value) ? value : [value]) {
          if (!isFile(item)) form.append(name, asText(item));
          else {
            const data = await context.capabilities.files.get(item);
            form.append(
              name,
              new Blob([data as Uint8Array<ArrayBuffer>], { type: item.mimeType }),
              item.name,
            );
          }
        }
      }
      // The boundary is part of the content type: whoever encodes the form writes the header.
      return [form, null];
    }
  }
}

function isFile(value: unknown): value is FileHandle {
  return (
    typeof value === 'object' && value !== null && 'file' in value && 'mimeType' in value && 'name' in value
  );
}

/** What the author and the model are told when the other side refuses. Never the query, which may hold a key. */
function statusError(context: Context, response: HttpResponse): StepError {
  const { status } = response;
  const url = new URL(response.url);
  const excerpt = isTextual(response) ? decode(response).slice(0, 4000) : '';
  // A 4xx body tells the caller what to mend. A 5xx body is the upstream's own trouble (stack traces, hosts, SQL):
  // it is kept for the editors of the workflow and not told to the model.
  const told = status < 500 ? oneLine(excerpt, 300) : '';
  const words = [`${status} ${response.statusText}`.trim(), told].filter(Boolean).join(': ');
  return new StepError(
    'HTTP_STATUS',
    `${context.config.method} ${url.origin}${url.pathname} answered ${words}${mend(status, told)}`,
    {
      transient: status === 429 || status >= 500,
      retryAfterMs: retryAfterMs(response.headers['retry-after'], context.capabilities.now()),
      details: { status, body: excerpt.slice(0, 2000) },
    },
  );
}

/** What may help, where the other side does not say it itself. */
function mend(status: number, told: string): string {
  const end = /[.!?]$/.test(told) ? '' : '.';
  if (status === 401) return `${end} Check the connection of this step.`;
  if (status === 403) return `${end} Check what the connection of this step may do.`;
  if (status === 404 || status === 410) return `${end} Check the address and the values in it.`;
  if (status === 429) return `${end} Call it less often, or try again later.`;
  if (status >= 500) return `${end} Try again later.`;
  return `${end} Check what is sent.`;
}

async function bodyOf(context: Context, response: HttpResponse): Promise<JsonValue> {
  const { response: as } = context.config;
  if (as === 'text') return decode(response);
  if (response.body.byteLength === 0 && as !== 'file') return null;
  if (as === 'json' || (as === 'auto' && isJson(response))) {
    let value: JsonValue;
    try {
      value = JSON.parse(decode(response)) as JsonValue;
    } catch (cause) {
      if (as === 'auto') return decode(response);
      throw new StepError(
        'BAD_JSON',
        `The answer should be JSON and is not: ${oneLine(decode(response).slice(0, 1000), 200)}. Read it as text, or ask the service for JSON with the header Accept.`,
        {
          cause,
          details: { status: response.status },
        },
      );
    }
    const excess = jsonExcess(value, JSON_LIMITS);
    if (excess) throw new StepError('BAD_JSON', `The JSON of the answer ${excess}. Read it as text.`);
    return value;
  }
  if (as === 'auto' && isTextual(response)) return decode(response);
  const handle = await context.capabilities.files.put({
    name: fileName(response),
    mimeType: mimeType(response) || 'application/octet-stream',
    data: response.body,
  });
  return { ...handle };
}

function mimeType({ headers }: HttpResponse): string {
  return (headers['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase();
}

function isJson(response: HttpResponse): boolean {
  return /^(application|text)\/(json|.+\+json)$/.test(mimeType(response));
}

function isTextual(response: HttpResponse): boolean {
  const type = mimeType(response);
  return (
    isJson(response) ||
    /^text\/|[/+]xml$|^application\/(javascript|x-www-form-urlencoded|yaml|x-ndjson)$/.test(type)
  );
}

/** Text in the character set that was announced, or UTF-8. */
function decode({ headers, body: bytes }: HttpResponse): string {
  const charset = /charset="?([^";\s]+)/i.exec(headers['content-type'] ?? '')?.[1];
  try {
    return new TextDecoder(charset ?? 'utf-8').decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}

/** The name the other side gives the file, or the last part of the address. */
function fileName({ headers, url }: HttpResponse): string {
  const named = /filename="?([^";]+)/i.exec(headers['content-disposition'] ?? '')?.[1];
  const last = named ?? new URL(url).pathname.split('/').at(-1) ?? '';
  return last.replace(/[/\\\0]/g, '_').slice(0, 200) || 'download';
}
