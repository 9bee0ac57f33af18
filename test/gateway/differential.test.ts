import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isJsonObject, type JsonObject, type JsonValue } from '#lib/workflow/json.ts';
import { startTestServer, type TestProject, type TestServer } from './support/gateway.ts';
import { INTENDED, type Leg } from './support/intended-differences.ts';
import { type SdkServer, startSdkServer, type TwinTool } from './support/sdk-server.ts';
import { type Answer, ENVELOPE, envelope, send } from './support/wire.ts';
import { answer, prompt, resource, TEXT_SCHEMA, tool } from './support/workflows.ts';

// The same requests to the SDK's own server and to ours, with the same tools, prompts and resources. A difference is a
// fault, unless support/intended-differences.ts says why it is meant; one that is gone is a fault too.

const NUMBERS: JsonObject = {
  type: 'object',
  properties: {
    count: { type: 'integer', minimum: 1 },
    region: { type: 'string', 'x-mcp-header': 'Region' },
  },
  required: ['count'],
  additionalProperties: false,
};
const NOTHING: JsonObject = { type: 'object', properties: {}, additionalProperties: false };

const TOOLS: TwinTool[] = [
  { name: 'echo', schema: TEXT_SCHEMA, run: ({ text }) => String(text) },
  { name: 'numbers', schema: NUMBERS, run: ({ count }) => String(count) },
  {
    name: 'fails',
    schema: NOTHING,
    run() {
      throw new Error('Not today.');
    },
  },
];

let sdk: SdkServer;
let server: TestServer;
let project: TestProject;

beforeAll(async () => {
  sdk = await startSdkServer(TOOLS);
  server = await startTestServer();
  const text = { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] };
  const city = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
  project = await server.project('twin', {
    workflows: [
      tool('echo', TEXT_SCHEMA, answer('{{ input.text }}')),
      tool('numbers', NUMBERS, answer('{{ input.count }}')),
      tool('fails', NOTHING, { key: 'fail', kind: 'fail', config: { message: 'Not today.' } }),
      {
        ...prompt('travel', city, answer('Go to {{ input.city }}.')),
        settings: { completions: { city: { type: 'list', values: ['Paris', 'Perth'] } } },
      },
      resource('rules', { uri: 'house://rules', mimeType: 'text/plain' }, NOTHING, answer('Be kind.')),
      resource(
        'order',
        { uri: 'orders://{id}', mimeType: 'text/plain' },
        text,
        answer('order {{ input.id }}'),
      ),
    ],
  });
});

afterAll(async () => {
  sdk?.close();
  await server?.close();
});

type Headers = Record<string, string | undefined>;

interface Case {
  name: string;
  /** A message, or a body that is none. */
  body: JsonValue | { raw: string };
  headers?: Headers;
  method?: string;
}

const rpc = (method: string, params?: JsonObject, id: JsonValue = 1): JsonObject => ({
  jsonrpc: '2.0',
  id,
  method,
  ...(params && { params }),
});

/** Of both eras: each is sent as 2026-07-28, as 2025 without a session, and as 2025 with one. */
const COMMON: [name: string, method: string, params?: JsonObject][] = [
  ['list of tools', 'tools/list'],
  ['list of tools, a page of it', 'tools/list', { cursor: 'x' }],
  ['list of prompts', 'prompts/list'],
  ['list of resources', 'resources/list'],
  ['list of templates', 'resources/templates/list'],
  ['call', 'tools/call', { name: 'echo', arguments: { text: 'hi' } }],
  ['call of numbers', 'tools/call', { name: 'numbers', arguments: { count: 3 } }],
  ['call without arguments', 'tools/call', { name: 'fails' }],
  ['call that fails', 'tools/call', { name: 'fails', arguments: {} }],
  ['call with a wrong type', 'tools/call', { name: 'echo', arguments: { text: 5 } }],
  ['call with one too many', 'tools/call', { name: 'echo', arguments: { text: 'hi', more: 1 } }],
  ['call with one too few', 'tools/call', { name: 'echo', arguments: {} }],
  ['call with a number that is too small', 'tools/call', { name: 'numbers', arguments: { count: 0 } }],
  ['call of an unknown tool', 'tools/call', { name: 'nothing', arguments: {} }],
  ['call of a prompt', 'tools/call', { name: 'travel', arguments: {} }],
  ['call of nothing', 'tools/call', {}],
  ['call of a number', 'tools/call', { name: 5 }],
  ['call with a list of arguments', 'tools/call', { name: 'echo', arguments: [] }],
  ['call with a text of arguments', 'tools/call', { name: 'echo', arguments: 'hi' }],
  ['prompt', 'prompts/get', { name: 'travel', arguments: { city: 'Paris' } }],
  ['prompt with one too few', 'prompts/get', { name: 'travel', arguments: {} }],
  ['prompt without arguments', 'prompts/get', { name: 'travel' }],
  ['prompt with a number', 'prompts/get', { name: 'travel', arguments: { city: 5 } }],
  ['unknown prompt', 'prompts/get', { name: 'nothing' }],
  ['prompt of nothing', 'prompts/get', {}],
  ['resource', 'resources/read', { uri: 'house://rules' }],
  ['resource of a template', 'resources/read', { uri: 'orders://42' }],
  ['resource of a template, encoded', 'resources/read', { uri: 'orders://4%202' }],
  ['unknown resource', 'resources/read', { uri: 'nothing://here' }],
  ['resource of nothing', 'resources/read', {}],
  ['resource that is no URI', 'resources/read', { uri: 'rules' }],
  [
    'completion',
    'completion/complete',
    { ref: { type: 'ref/prompt', name: 'travel' }, argument: { name: 'city', value: 'pa' } },
  ],
  [
    'completion of a template',
    'completion/complete',
    { ref: { type: 'ref/resource', uri: 'orders://{id}' }, argument: { name: 'id', value: '4' } },
  ],
  [
    'completion of an unknown prompt',
    'completion/complete',
    { ref: { type: 'ref/prompt', name: 'nothing' }, argument: { name: 'city', value: '' } },
  ],
  [
    'completion of an unknown argument',
    'completion/complete',
    { ref: { type: 'ref/prompt', name: 'travel' }, argument: { name: 'nothing', value: '' } },
  ],
  ['completion of nothing', 'completion/complete', {}],
  ['unknown method', 'no/such'],
  ['method of nobody', '__proto__'],
  ['method of tasks without the extension', 'tasks/list'],
  ['method of the other side', 'sampling/createMessage', { messages: [], maxTokens: 1 }],
];

const JSON_HEADERS: Headers = {
  'Content-Type': 'application/json',
  Accept: 'application/json, text/event-stream',
};

function modernHeaders(method: string, name?: string): Headers {
  return { ...JSON_HEADERS, 'MCP-Protocol-Version': '2026-07-28', 'Mcp-Method': method, 'Mcp-Name': name };
}

const OLD_HEADERS: Headers = { ...JSON_HEADERS, 'MCP-Protocol-Version': '2025-11-25' };

const meta = (params: JsonObject = {}, _meta: JsonObject = ENVELOPE) => ({ ...params, _meta });

function nameIn(params: JsonObject = {}): string | undefined {
  const name = params['name'] ?? params['uri'];
  return typeof name === 'string' ? name : undefined;
}

const MODERN: Case[] = [
  ...COMMON.map(([name, method, params]) => ({
    name,
    body: rpc(method, meta(params)),
    headers: modernHeaders(method, nameIn(params)),
  })),
  { name: 'discovery', body: rpc('server/discover', meta()), headers: modernHeaders('server/discover') },
  ...['initialize', 'ping', 'logging/setLevel', 'resources/subscribe', 'resources/unsubscribe'].map(
    (method) => ({
      name: `removed: ${method}`,
      body: rpc(method, meta({ uri: 'house://rules', level: 'info' })),
      headers: modernHeaders(method),
    }),
  ),
  {
    name: 'an id that is a text',
    body: rpc('tools/list', meta(), 'a'),
    headers: modernHeaders('tools/list'),
  },
  { name: 'an id that is 0', body: rpc('tools/list', meta(), 0), headers: modernHeaders('tools/list') },
  { name: 'an id that is empty', body: rpc('tools/list', meta(), ''), headers: modernHeaders('tools/list') },
  { name: 'an id that is null', body: rpc('tools/list', meta(), null), headers: modernHeaders('tools/list') },
  {
    name: 'an id that is a fraction',
    body: rpc('tools/list', meta(), 1.5),
    headers: modernHeaders('tools/list'),
  },
  {
    name: 'an id that is an object',
    body: rpc('tools/list', meta(), {}),
    headers: modernHeaders('tools/list'),
  },
  {
    name: 'an id past 2^53',
    body: { raw: JSON.stringify(rpc('tools/list', meta())).replace('"id":1', '"id":9007199254740993') },
    headers: modernHeaders('tools/list'),
  },
  {
    name: 'no version header',
    body: rpc('tools/list', meta()),
    headers: { ...modernHeaders('tools/list'), 'MCP-Protocol-Version': undefined },
  },
  { name: 'no headers of the protocol', body: rpc('tools/list', meta()), headers: JSON_HEADERS },
  {
    name: 'the version header of 2025',
    body: rpc('tools/list', meta()),
    headers: { ...modernHeaders('tools/list'), 'MCP-Protocol-Version': '2025-11-25' },
  },
  {
    name: 'no method header',
    body: rpc('tools/list', meta()),
    headers: { ...modernHeaders('tools/list'), 'Mcp-Method': undefined },
  },
  {
    name: 'another method in the header',
    body: rpc('tools/list', meta()),
    headers: modernHeaders('tools/call'),
  },
  {
    name: 'no name header',
    body: rpc('tools/call', meta({ name: 'echo', arguments: { text: 'hi' } })),
    headers: modernHeaders('tools/call'),
  },
  {
    name: 'another name in the header',
    body: rpc('tools/call', meta({ name: 'echo', arguments: { text: 'hi' } })),
    headers: modernHeaders('tools/call', 'other'),
  },
  {
    name: 'an encoded name in the header',
    body: rpc('tools/call', meta({ name: 'echo', arguments: { text: 'hi' } })),
    headers: modernHeaders('tools/call', '=?base64?ZWNobw==?='),
  },
  {
    name: 'a badly encoded name in the header',
    body: rpc('tools/call', meta({ name: 'echo', arguments: { text: 'hi' } })),
    headers: modernHeaders('tools/call', '=?base64?ZWN!bw?='),
  },
  ...(
    [
      ['a parameter in its header', 'eu', 'eu'],
      ['a parameter encoded in its header', 'eu', '=?base64?ZXU=?='],
      ['another parameter in the header', 'eu', 'us'],
      ['no header of a parameter', 'eu', undefined],
      ['a header of a parameter that is not there', undefined, 'eu'],
    ] as const
  ).map(([name, region, header]) => ({
    name,
    body: rpc('tools/call', meta({ name: 'numbers', arguments: { count: 3, ...(region && { region }) } })),
    headers: { ...modernHeaders('tools/call', 'numbers'), 'Mcp-Param-Region': header },
  })),
  {
    name: 'a version that is not served',
    body: rpc(
      'tools/list',
      meta({}, { ...ENVELOPE, 'io.modelcontextprotocol/protocolVersion': '2099-01-01' }),
    ),
    headers: { ...modernHeaders('tools/list'), 'MCP-Protocol-Version': '2099-01-01' },
  },
  {
    name: 'a version only in the body',
    body: rpc(
      'tools/list',
      meta({}, { ...ENVELOPE, 'io.modelcontextprotocol/protocolVersion': '2099-01-01' }),
    ),
    headers: modernHeaders('tools/list'),
  },
  {
    name: 'an envelope without capabilities',
    body: rpc('tools/list', meta({}, { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' })),
    headers: modernHeaders('tools/list'),
  },
  {
    name: 'an envelope without the client',
    body: rpc(
      'tools/list',
      meta(
        {},
        {
          'io.modelcontextprotocol/protocolVersion': '2026-07-28',
          'io.modelcontextprotocol/clientCapabilities': {},
        },
      ),
    ),
    headers: modernHeaders('tools/list'),
  },
  {
    name: 'capabilities that are none',
    body: rpc('tools/list', meta({}, { ...ENVELOPE, 'io.modelcontextprotocol/clientCapabilities': 5 })),
    headers: modernHeaders('tools/list'),
  },
  {
    name: 'capabilities of strangers',
    body: rpc('tools/list', meta({}, envelope({ 'x/y': { z: 1 }, elicitation: {} }))),
    headers: modernHeaders('tools/list'),
  },
  { name: 'no envelope', body: rpc('tools/list', {}), headers: modernHeaders('tools/list') },
  { name: 'a batch', body: [rpc('tools/list', meta())], headers: modernHeaders('tools/list') },
  {
    name: 'a notification',
    body: { jsonrpc: '2.0', method: 'notifications/x', params: meta() },
    headers: modernHeaders('notifications/x'),
  },
  {
    name: 'a stale session',
    body: rpc('tools/list', meta()),
    headers: { ...modernHeaders('tools/list'), 'Mcp-Session-Id': 'gone' },
  },
  {
    name: 'a listener without a filter',
    body: rpc('subscriptions/listen', meta()),
    headers: modernHeaders('subscriptions/listen'),
  },
  {
    name: 'a listener to nothing',
    body: rpc('subscriptions/listen', meta({ notifications: {} })),
    headers: modernHeaders('subscriptions/listen'),
  },
  ...accepts('tools/list', meta(), modernHeaders('tools/list')),
  ...methods(modernHeaders('tools/list')),
];

const INITIALIZE = {
  protocolVersion: '2025-11-25',
  capabilities: {},
  clientInfo: { name: 'x', version: '1' },
};

const OLD: Case[] = [
  ...COMMON.map(([name, method, params]) => ({ name, body: rpc(method, params), headers: OLD_HEADERS })),
  { name: 'ping', body: rpc('ping'), headers: OLD_HEADERS },
  { name: 'discovery', body: rpc('server/discover'), headers: OLD_HEADERS },
  ...[
    '2025-11-25',
    '2025-06-18',
    '2025-03-26',
    '2024-11-05',
    '2024-10-07',
    '2026-07-28',
    '1999-01-01',
    5,
  ].map((protocolVersion) => ({
    name: `initialize of ${protocolVersion}`,
    body: rpc('initialize', { ...INITIALIZE, protocolVersion }),
    headers: JSON_HEADERS,
  })),
  { name: 'initialize without anything', body: rpc('initialize'), headers: JSON_HEADERS },
  {
    name: 'initialize without the client',
    body: rpc('initialize', { protocolVersion: '2025-11-25', capabilities: {} }),
    headers: JSON_HEADERS,
  },
  {
    name: 'initialize under the header of 2026',
    body: rpc('initialize', INITIALIZE),
    headers: { ...JSON_HEADERS, 'MCP-Protocol-Version': '2026-07-28' },
  },
  {
    name: 'initialized',
    body: { jsonrpc: '2.0', method: 'notifications/initialized' },
    headers: OLD_HEADERS,
  },
  {
    name: 'cancelled',
    body: { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 9 } },
    headers: OLD_HEADERS,
  },
  {
    name: 'a notification of strangers',
    body: { jsonrpc: '2.0', method: 'notifications/x' },
    headers: OLD_HEADERS,
  },
  {
    name: 'an answer that nobody asked for',
    body: { jsonrpc: '2.0', id: 9, result: {} },
    headers: OLD_HEADERS,
  },
  {
    name: 'an error that nobody asked for',
    body: { jsonrpc: '2.0', id: 9, error: { code: -1, message: 'no' } },
    headers: OLD_HEADERS,
  },
  { name: 'no version header', body: rpc('tools/list'), headers: JSON_HEADERS },
  ...['2025-06-18', '2025-03-26', '2024-11-05', '2024-10-07', '2025-01-01', '2099-01-01', 'x', ''].map(
    (version) => ({
      name: `the version header ${version}`,
      body: rpc('tools/list'),
      headers: { ...JSON_HEADERS, 'MCP-Protocol-Version': version },
    }),
  ),
  {
    name: 'a batch',
    body: [rpc('ping'), rpc('no/such', {}, 2)],
    headers: { ...JSON_HEADERS, 'MCP-Protocol-Version': '2025-03-26' },
  },
  { name: 'a batch without a version header', body: [rpc('ping')], headers: JSON_HEADERS },
  { name: 'a batch of 2025-11-25', body: [rpc('ping')], headers: OLD_HEADERS },
  { name: 'an empty batch', body: [], headers: { ...JSON_HEADERS, 'MCP-Protocol-Version': '2025-03-26' } },
  {
    name: 'a batch of notifications',
    body: [{ jsonrpc: '2.0', method: 'notifications/initialized' }],
    headers: { ...JSON_HEADERS, 'MCP-Protocol-Version': '2025-03-26' },
  },
  {
    name: 'a batch with what is no message',
    body: [rpc('ping'), 5],
    headers: { ...JSON_HEADERS, 'MCP-Protocol-Version': '2025-03-26' },
  },
  ...[
    { raw: '' },
    { raw: '{' },
    { raw: '\ufeff{}' },
    { raw: 'null' },
    5,
    'ping',
    {},
    { jsonrpc: '1.0', id: 1, method: 'ping' },
    { id: 1, method: 'ping' },
    { jsonrpc: '2.0', id: 1 },
    { jsonrpc: '2.0', id: 1, method: 5 },
    { jsonrpc: '2.0', id: 1, method: 'ping', params: [] },
    { jsonrpc: '2.0', id: 1, method: 'ping', params: null },
    { jsonrpc: '2.0', id: 1, method: 'ping', extra: 1 },
    { jsonrpc: '2.0', id: null, method: 'ping' },
    { jsonrpc: '2.0', id: 1.5, method: 'ping' },
    { jsonrpc: '2.0', id: {}, method: 'ping' },
    { jsonrpc: '2.0', id: 'a', method: 'ping' },
    { jsonrpc: '2.0', id: '', method: 'ping' },
    { jsonrpc: '2.0', id: 1, result: 5 },
    { jsonrpc: '2.0', id: 1, result: {}, error: { code: 1, message: 'x' } },
  ].map((body) => ({
    name: `the body ${typeof body === 'object' && 'raw' in body ? JSON.stringify(body.raw) : JSON.stringify(body)}`,
    body: body as Case['body'],
    headers: OLD_HEADERS,
  })),
  ...accepts('tools/list', undefined, OLD_HEADERS),
  ...methods(OLD_HEADERS),
];

const begins = ({ name }: Case) => name.startsWith('initialize ');

/** What changes with a session. */
const SESSION: Case[] = [
  ...OLD.filter((one) => !begins(one)),
  { name: 'logging level', body: rpc('logging/setLevel', { level: 'info' }), headers: OLD_HEADERS },
  { name: 'no session', body: rpc('tools/list'), headers: { ...OLD_HEADERS, 'Mcp-Session-Id': undefined } },
  {
    name: 'a session that is gone',
    body: rpc('tools/list'),
    headers: { ...OLD_HEADERS, 'Mcp-Session-Id': 'gone' },
  },
  {
    name: 'initialize with a session that is gone',
    body: rpc('initialize', INITIALIZE),
    headers: { ...JSON_HEADERS, 'Mcp-Session-Id': 'gone' },
  },
];

function accepts(method: string, params: JsonObject | undefined, headers: Headers): Case[] {
  const given = [
    undefined,
    '*/*',
    'application/json',
    'text/event-stream',
    'text/html',
    'application/*, text/*',
  ];
  const types = [
    undefined,
    'text/plain',
    'application/json; charset=utf-8',
    'application/jsonx',
    'application/x-ndjson',
  ];
  return [
    ...given.map((Accept) => ({
      name: `Accept: ${Accept}`,
      body: rpc(method, params),
      headers: { ...headers, Accept },
    })),
    ...types.map((type) => ({
      name: `Content-Type: ${type}`,
      body: rpc(method, params),
      headers: { ...headers, 'Content-Type': type },
    })),
  ];
}

function methods(headers: Headers): Case[] {
  return ['PUT', 'PATCH', 'OPTIONS'].map((method) => ({
    name: `HTTP ${method}`,
    method,
    body: { raw: '' },
    headers,
  }));
}

interface Outcome {
  /** `200 result`, `400 error -32600 of 1`. */
  head: string;
  /** What is the same where nothing is wrong. */
  result: unknown;
}

async function ask(
  url: string,
  { body, headers = {}, method = 'POST' }: Case,
  more: Headers,
): Promise<Outcome> {
  const all = Object.entries({ ...headers, ...more, ...('Mcp-Session-Id' in headers ? headers : {}) });
  const given = all.filter((entry): entry is [string, string] => entry[1] !== undefined);
  const text =
    typeof body === 'object' && body !== null && 'raw' in body ? String(body['raw']) : JSON.stringify(body);
  return outcomeOf(await send(url, { method, headers: Object.fromEntries(given), body: text }));
}

function outcomeOf({ status, json, text }: Answer): Outcome {
  const streamed = [...text.matchAll(/^data: (.+)$/gm)].map(([, data]) => JSON.parse(data!));
  const all: Answer['json'][] = Array.isArray(json) ? json : streamed;
  if (Array.isArray(json) || streamed.length > 1) {
    const outcomes = all.map((one) => outcomeOf({ status, json: one, text: '', headers: {} }));
    return { head: `${status} batch`, result: outcomes.sort((a, b) => a.head.localeCompare(b.head)) };
  }
  const { id, result, error } = json;
  if (error) return { head: `${status} error ${error.code} of ${id ?? null}`, result: null };
  if (result) return { head: `${status} result of ${id}`, result: normal(result as JsonObject) };
  return { head: text === '' ? `${status}` : `${status} text`, result: null };
}

/** The SDK's transport refuses without the id; it is told here where it can be made out, so that nobody waits for it. */
function sameBut(sdks: Outcome, ours: Outcome): Outcome {
  const known = ours.head.replace(/ of \S*$/, ' of null');
  return sdks.head === known ? { ...sdks, head: ours.head } : sdks;
}

/** Without what is a server's own: its name, what it keeps where the protocol leaves it to, and words of errors. */
function normal(result: JsonObject): JsonObject {
  const { _meta, serverInfo, ttlMs, cacheScope, capabilities, ...rest } = result;
  const lists = Object.entries(rest).map(([name, value]): [string, JsonValue] => {
    if (!Array.isArray(value)) return [name, value];
    const items = value.map((item) => {
      const { _meta: own, ...said } = item as JsonObject;
      return said;
    });
    if (name === 'content' && rest['isError'] === true)
      return [name, items.map(({ type }) => type as string)];
    return [name, items.sort((a, b) => String(a['name']).localeCompare(String(b['name'])))];
  });
  // What each of them can do has options of its own; extensions are ours.
  const able = Object.keys(isJsonObject(capabilities) ? capabilities : {}).filter(
    (name) => name !== 'extensions',
  );
  return Object.fromEntries([...lists, ['able', able.sort()]]);
}

const LEGS: { leg: Leg; cases: Case[]; sdkUrl: () => string; session: boolean }[] = [
  { leg: '2026-07-28', cases: MODERN, sdkUrl: () => sdk.url, session: false },
  { leg: '2025 without a session', cases: OLD, sdkUrl: () => sdk.url, session: false },
  { leg: '2025 with a session', cases: SESSION, sdkUrl: () => sdk.sessionUrl, session: true },
];

describe.each(LEGS)('as $leg', ({ leg, cases, sdkUrl, session }) => {
  const intended = INTENDED.filter(({ legs }) => legs.includes(leg));
  let mine: Headers;
  let theirs: Headers = {};

  beforeAll(async () => {
    mine = { Authorization: `Bearer ${project.key}` };
    if (!session) return;
    const begin = async (url: string, headers: Headers) => {
      const body = JSON.stringify(rpc('initialize', INITIALIZE));
      const answered = await send(url, {
        headers: { ...JSON_HEADERS, ...headers } as Record<string, string>,
        body,
      });
      return { 'Mcp-Session-Id': String(answered.headers['mcp-session-id']) };
    };
    theirs = await begin(sdkUrl(), {});
    mine = { ...mine, ...(await begin(project.url, mine)) };
  });

  it.each(cases)('answers as the SDK does: $name', async (one) => {
    const [theirAnswer, ours] = await Promise.all([ask(sdkUrl(), one, theirs), ask(project.url, one, mine)]);
    const sdks = sameBut(theirAnswer, ours);
    const meant = intended.find((difference) => difference.cases.includes(one.name));
    if (!meant) {
      expect(ours).toEqual(sdks);
    } else if (meant.outcomes) {
      expect({ sdk: sdks.head, ours: ours.head }, meant.why).toEqual(meant.outcomes);
    } else {
      expect(ours.head).toBe(sdks.head);
      expect(ours.result).not.toEqual(sdks.result);
      expect(ours.result, meant.why).toMatchObject(meant.result!);
    }
  });

  it('means no difference of a case that there is not', () => {
    const names = intended.flatMap((difference) => difference.cases);
    expect(names.filter((name) => !cases.some((one) => one.name === name))).toEqual([]);
    expect(names).toHaveLength(new Set(names).size);
  });
});
