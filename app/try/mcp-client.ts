import { isJsonObject, type JsonObject, type JsonValue } from '#lib/workflow/json.ts';
import { paramHeaders, printable } from './param-headers.ts';
import { eventData } from './sse.ts';

/** Revisions of MCP that are played. They begin, ask and end in different ways. */
export const ERAS = ['2026-07-28', '2025-11-25'] as const;
export type Era = (typeof ERAS)[number];

/** What the client says that it can do for a server. */
export interface Abilities {
  /** Shows forms to its user, and opens pages. */
  elicitation: boolean;
  /** Has a model that answers. */
  sampling: boolean;
  /** Tells which folders it works in. */
  roots: boolean;
}

/** One message as it went over the wire. */
export interface WireMessage {
  id: number;
  /** ms since 1970. */
  at: number;
  direction: 'sent' | 'received';
  /** `POST`, `HTTP 200` or `stream`. */
  via: string;
  /** Headers of MCP that went along. */
  headers: Readonly<Record<string, string>>;
  message: JsonValue;
  /** Characters of the message as JSON. */
  size: number;
}

/** What a server asks its client while a call waits. */
export interface Question {
  /** Of this question, among all that were asked. */
  key: string;
  method: string;
  params: JsonObject;
}

export interface Progress {
  progress: number;
  total?: number;
  message?: string;
}

export interface RequestOptions {
  signal?: AbortSignal;
  onProgress?(progress: Progress): void;
  /** Any other notification on the stream of the answer. */
  onNotification?(method: string, params: JsonObject): void;
  /** Answers a question; `signal` aborts when it needs no answer any more. */
  ask?(question: Question, signal: AbortSignal): Promise<JsonObject>;
  /** Schema of the arguments, for those that are repeated in headers. */
  inputSchema?: JsonObject;
}

/** A request was refused: by JSON-RPC, or by the server before it came to that. */
export class McpError extends Error {
  override readonly name = 'McpError';
  /** Of JSON-RPC; null where the answer was none. */
  readonly code: number | null;
  readonly status: number;
  readonly data: JsonValue | undefined;

  constructor(message: string, { code, status, data }: Pick<McpError, 'code' | 'status' | 'data'>) {
    super(message);
    this.code = code;
    this.status = status;
    this.data = data;
  }
}

export interface McpClientOptions {
  /** Where messages are posted. */
  url: string;
  era: Era;
  abilities: Abilities;
  onWire(message: WireMessage): void;
  fetch?: typeof fetch;
}

const MODERN: Era = '2026-07-28';
const CLIENT = { name: 'Try it', version: '1' };
const META = {
  version: 'io.modelcontextprotocol/protocolVersion',
  client: 'io.modelcontextprotocol/clientInfo',
  capabilities: 'io.modelcontextprotocol/clientCapabilities',
} as const;

/** Which member of params the header Mcp-Name repeats. */
const NAMED: Readonly<Record<string, string>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
};

let wireIds = 0;

/** A client of MCP over Streamable HTTP, of either era. Its messages are what any client would send. */
export class McpClient {
  readonly #options: McpClientOptions;
  readonly #fetch: typeof fetch;
  #session: string | null = null;
  #ids = 0;

  constructor(options: McpClientOptions) {
    this.#options = options;
    this.#fetch = options.fetch ?? ((input, init) => fetch(input, init));
  }

  /** Says hello; what the server says of itself. Throws McpError. */
  async begin(signal?: AbortSignal): Promise<JsonObject> {
    const { era } = this.#options;
    const during = signal ? { signal } : {};
    if (era === MODERN) return this.request('server/discover', {}, during);
    this.#session = null;
    const server = await this.request(
      'initialize',
      { protocolVersion: era, capabilities: this.#capabilities(), clientInfo: CLIENT },
      during,
    );
    await this.#post({ jsonrpc: '2.0', method: 'notifications/initialized' }, signal);
    return server;
  }

  /** All of a list, page by page. Throws McpError. */
  async list(method: string, member: string, signal?: AbortSignal): Promise<JsonObject[]> {
    const items: JsonObject[] = [];
    for (let cursor: JsonValue | undefined, pages = 0; pages < MOST_PAGES; pages += 1) {
      const params: JsonObject = cursor === undefined ? {} : { cursor };
      const result = await this.request(method, params, signal ? { signal } : {});
      const page = result[member];
      if (Array.isArray(page)) items.push(...page.filter(isJsonObject));
      cursor = result['nextCursor'];
      if (cursor === undefined) break;
    }
    return items;
  }

  /**
   * Sends a request and waits for its result, answering what it is asked meanwhile. Throws McpError when it is refused,
   * and whatever `signal` was aborted with.
   */
  async request(method: string, params: JsonObject, options: RequestOptions = {}): Promise<JsonObject> {
    const { era } = this.#options;
    if (era !== MODERN) return this.#send(method, params, options);
    let given = params;
    for (;;) {
      const result = await this.#send(method, given, options);
      const asked = result['inputRequests'];
      if (result['resultType'] !== 'input_required' || !isJsonObject(asked)) return result;
      const inputResponses = await this.#answers(asked, options);
      given = { ...params, requestState: result['requestState'] ?? null, inputResponses };
    }
  }

  async #answers(asked: JsonObject, { ask, signal }: RequestOptions): Promise<JsonObject> {
    const given = Object.entries(asked).map(async ([key, request]): Promise<[string, JsonObject]> => {
      const { method, params } = isJsonObject(request) ? request : {};
      const question = { key, method: String(method), params: isJsonObject(params) ? params : {} };
      return [key, await answerOf(ask, question, signal ?? NEVER)];
    });
    return Object.fromEntries(await Promise.all(given));
  }

  async #send(method: string, params: JsonObject, options: RequestOptions): Promise<JsonObject> {
    this.#ids += 1;
    const id = this.#ids;
    const { era } = this.#options;
    const named = params[NAMED[method] ?? ''];
    const { signal, inputSchema } = options;
    const message = { jsonrpc: '2.0', id, method, params: this.#withMeta(params, options, id) };
    const headers =
      era === MODERN
        ? {
            'Mcp-Method': method,
            ...(typeof named === 'string' && { 'Mcp-Name': printable(named) }),
            ...(method === 'tools/call' && paramHeaders(inputSchema, params['arguments'])),
          }
        : {};
    const takeBack = () => {
      // Of 2026-07-28 a client takes a request back by closing its connection.
      if (era === MODERN || method === 'initialize') return;
      const words = { requestId: id, reason: 'The person cancelled it.' };
      void this.#post({ jsonrpc: '2.0', method: 'notifications/cancelled', params: words }).catch(() => {});
    };
    signal?.addEventListener('abort', takeBack, { once: true });
    try {
      const response = await this.#post(message, signal, headers);
      if (method === 'initialize') this.#session = response.headers.get('mcp-session-id');
      return resultOf(await this.#answerTo(id, response, options), response.status);
    } finally {
      signal?.removeEventListener('abort', takeBack);
    }
  }

  /** Reads an answer up to the message that answers `id`; what else comes on its stream is acted on. */
  async #answerTo(id: number, response: Response, options: RequestOptions): Promise<JsonValue> {
    const type = response.headers.get('content-type') ?? '';
    if (!type.startsWith('text/event-stream') || !response.body) {
      const text = await response.text();
      const message = parsed(text);
      this.#note('received', `HTTP ${response.status}`, message, headersIn(response));
      return message;
    }
    /** Of questions that were asked here, by id. */
    const open = new Map<JsonValue, AbortController>();
    try {
      for await (const data of eventData(response.body)) {
        const message = parsed(data);
        this.#note('received', 'stream', message, {});
        if (!isJsonObject(message)) continue;
        const { method, params, id: of } = message;
        if (typeof method !== 'string') {
          if (of === id) return message;
          continue;
        }
        const words = isJsonObject(params) ? params : {};
        if (of !== undefined) void this.#answerRequest({ id: of, method, params: words }, open, options);
        else if (method === 'notifications/cancelled') open.get(words['requestId'] ?? null)?.abort();
        else if (method === 'notifications/progress') options.onProgress?.(words as unknown as Progress);
        else options.onNotification?.(method, words);
      }
    } finally {
      for (const question of open.values()) question.abort();
    }
    throw new McpError('The stream ended before the answer came.', {
      code: null,
      status: response.status,
      data: undefined,
    });
  }

  async #answerRequest(
    { id, method, params }: { id: JsonValue; method: string; params: JsonObject },
    open: Map<JsonValue, AbortController>,
    { ask }: RequestOptions,
  ): Promise<void> {
    const over = new AbortController();
    open.set(id, over);
    try {
      const result = await answerOf(ask, { key: String(id), method, params }, over.signal);
      open.delete(id);
      await this.#post({ jsonrpc: '2.0', id, result });
    } catch {
      // Taken back, or the call is over: nobody waits for the answer.
      open.delete(id);
    }
  }

  async #post(
    message: JsonObject,
    signal?: AbortSignal,
    more: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    const { url, era } = this.#options;
    const isFirst = message['method'] === 'initialize';
    const headers = {
      ...(!isFirst && { 'MCP-Protocol-Version': era }),
      ...(this.#session !== null && !isFirst && { 'Mcp-Session-Id': this.#session }),
      ...more,
    };
    this.#note('sent', 'POST', message, headers);
    const response = await this.#fetch(url, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Accept: 'application/json, text/event-stream',
        ...headers,
      },
      body: JSON.stringify(message),
      ...(signal && { signal }),
    });
    if (response.status === 202) this.#note('received', 'HTTP 202', null, headersIn(response));
    return response;
  }

  #withMeta(params: JsonObject, { onProgress }: RequestOptions, id: number): JsonObject {
    const { era } = this.#options;
    const meta = {
      ...(onProgress && { progressToken: id }),
      ...(era === MODERN && {
        [META.version]: era,
        [META.client]: CLIENT,
        [META.capabilities]: this.#capabilities(),
      }),
    };
    return Object.keys(meta).length === 0 ? params : { ...params, _meta: meta };
  }

  #capabilities(): JsonObject {
    const { elicitation, sampling, roots } = this.#options.abilities;
    return {
      ...(elicitation && { elicitation: { form: {}, url: {} } }),
      ...(sampling && { sampling: {} }),
      ...(roots && { roots: {} }),
    };
  }

  #note(
    direction: WireMessage['direction'],
    via: string,
    message: JsonValue,
    headers: WireMessage['headers'],
  ) {
    wireIds += 1;
    const size = message === null ? 0 : JSON.stringify(message).length;
    this.#options.onWire({ id: wireIds, at: Date.now(), direction, via, headers, message, size });
  }
}

/** Pages of a list that are read: 500 documents each. */
const MOST_PAGES = 20;
const NEVER = new AbortController().signal;

async function answerOf(
  ask: RequestOptions['ask'],
  question: Question,
  signal: AbortSignal,
): Promise<JsonObject> {
  return ask ? ask(question, signal) : { action: 'cancel' };
}

function resultOf(message: JsonValue, status: number): JsonObject {
  if (isJsonObject(message)) {
    const { result, error } = message;
    if (isJsonObject(result)) return result;
    if (isJsonObject(error)) {
      const { code, message: words, data } = error;
      throw new McpError(String(words), { code: typeof code === 'number' ? code : null, status, data });
    }
    // Of the API, which refused before the gateway was asked.
    if (typeof message['detail'] === 'string') {
      throw new McpError(message['detail'], { code: null, status, data: undefined });
    }
  }
  throw new McpError(`The server answered ${status} with what is no JSON-RPC.`, {
    code: null,
    status,
    data: message,
  });
}

function parsed(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return text;
  }
}

function headersIn(response: Response): Record<string, string> {
  const session = response.headers.get('mcp-session-id');
  const type = response.headers.get('content-type');
  return {
    ...(type !== null && { 'Content-Type': type }),
    ...(session !== null && { 'Mcp-Session-Id': session }),
  };
}
