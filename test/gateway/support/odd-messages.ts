import fc from 'fast-check';
import { isJsonObject, type JsonObject, type JsonValue } from '#lib/workflow/json.ts';
import { envelope } from './wire.ts';

/** A message on its way, and the headers that go with it. */
export interface OddMessage {
  era: 'modern' | 'legacy';
  /** The body, exactly as it is sent. */
  body: Buffer;
  /** What the body is as JSON; undefined when it is none. */
  json: unknown;
  headers: [name: string, value: string][];
}

const CAPABLE = {
  elicitation: {},
  sampling: {},
  roots: {},
  extensions: { 'io.modelcontextprotocol/tasks': {} },
};

const BASES: { method: string; params?: JsonObject; eras?: OddMessage['era'] }[] = [
  { method: 'tools/list', params: { cursor: 'x' } },
  { method: 'tools/call', params: { name: 'echo', arguments: { text: 'hi' } } },
  {
    method: 'tools/call',
    params: { name: 'typed', arguments: { count: 3, when: '2026-01-01', many: [1, 2] } },
  },
  { method: 'tools/call', params: { name: 'region', arguments: { region: 'eu', size: 3 } } },
  { method: 'tools/call', params: { name: 'counts', arguments: {}, _meta: { progressToken: 7 } } },
  { method: 'tools/call', params: { name: 'asks', arguments: {} } },
  {
    method: 'tools/call',
    params: {
      name: 'asks',
      arguments: {},
      requestState: 'AAAA',
      inputResponses: { who: { action: 'accept', content: { name: 'Ada' } } },
    },
  },
  {
    method: 'tools/call',
    params: { name: 'asks', arguments: {}, inputResponses: { who: { action: 'decline' } } },
  },
  { method: 'tools/call', params: { name: 'as_task', arguments: { text: 'hi' } } },
  { method: 'prompts/list' },
  { method: 'prompts/get', params: { name: 'travel', arguments: { city: 'Paris' } } },
  { method: 'resources/list', params: { cursor: 'ZG9jdW1lbnRzIDE' } },
  { method: 'resources/templates/list' },
  { method: 'resources/read', params: { uri: 'house://rules' } },
  { method: 'resources/read', params: { uri: 'orders://4%32?full=true' } },
  { method: 'resources/read', params: { uri: 'knowledge://House/wifi.md' } },
  {
    method: 'completion/complete',
    params: {
      ref: { type: 'ref/prompt', name: 'travel' },
      argument: { name: 'city', value: 'P' },
      context: { arguments: { city: 'x' } },
    },
  },
  {
    method: 'completion/complete',
    params: {
      ref: { type: 'ref/resource', uri: 'knowledge://{base}/{document}' },
      argument: { name: 'document', value: 'w' },
      context: { arguments: { base: 'House' } },
    },
  },
  { method: 'no/such' },
  { method: 'server/discover', eras: 'modern' },
  { method: 'tasks/get', params: { taskId: '00000000-0000-4000-8000-000000000000' }, eras: 'modern' },
  {
    method: 'tasks/update',
    params: { taskId: '00000000-0000-4000-8000-000000000000', inputResponses: { who: {} } },
    eras: 'modern',
  },
  { method: 'tasks/cancel', params: { taskId: 'nothing' }, eras: 'modern' },
  {
    method: 'subscriptions/listen',
    params: { notifications: { toolsListChanged: true, resourceSubscriptions: ['house://rules'] } },
    eras: 'modern',
  },
  {
    method: 'initialize',
    params: {
      protocolVersion: '2025-11-25',
      capabilities: { elicitation: { form: {} }, roots: {} },
      clientInfo: { name: 'Fuzz', version: '1' },
    },
    eras: 'legacy',
  },
  { method: 'ping', eras: 'legacy' },
  { method: 'logging/setLevel', params: { level: 'info' }, eras: 'legacy' },
  { method: 'resources/subscribe', params: { uri: 'orders://5' }, eras: 'legacy' },
  { method: 'resources/unsubscribe', params: { uri: 'house://rules' }, eras: 'legacy' },
  { method: 'notifications/cancelled', params: { requestId: 1, reason: 'x' }, eras: 'legacy' },
  { method: 'notifications/initialized', eras: 'legacy' },
];

/** Texts of JSON that `JSON.stringify` never writes; some are none. */
const RAW = [
  '1e400',
  '-1e400',
  '-0',
  '9007199254740993',
  '123456789012345678901234567890',
  '1e21',
  '1.0',
  'NaN',
  'Infinity',
  'undefined',
  '01',
  '+1',
  '.5',
  '0x10',
  "'x'",
  '"\\ud800"',
  '"\\udfff\\ud800"',
  '"\\u0000"',
  '"\\x41"',
  '"a\tb"',
  '"\\u005f_proto__"',
  '[1,]',
  '{"a":1,"a":2}',
  '{"__proto__":{"polluted":1}}',
  '{"\\u005f_proto__":{"polluted":1}}',
  '{"constructor":{"prototype":{"polluted":1}}}',
  '{"toString":null,"valueOf":null}',
  '/**/1',
  '1 2',
  '',
  `${'['.repeat(59)}${']'.repeat(59)}`,
  `${'['.repeat(70)}${']'.repeat(70)}`,
  `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`,
  '['.repeat(100_000),
];

const VALUES: JsonValue[] = [
  null,
  true,
  0,
  -1,
  1.5,
  2 ** 53,
  1e308,
  '',
  ' ',
  'x'.repeat(5000),
  'x'.repeat(300_000),
  '\u0000',
  'a\u0000b',
  '\r\nX-Injected: 1',
  '\ud800',
  '💥',
  '__proto__',
  'constructor',
  'toString',
  '../../etc/passwd',
  '%',
  '%00',
  '%E0%A4%A',
  'orders://%ff',
  'orders://1%00',
  'knowledge://%00/%00',
  'knowledge://House/%00',
  'knowledge:///',
  'house://rules\u0000',
  '{id}',
  '2026-07-28',
  '2025-11-25',
  '=?base64?AA==?=',
  'a.b',
  'AAAA.BBBB',
  [],
  {},
  [[]],
  [null],
  { toString: null },
  { toString: 1, valueOf: 1 },
  { toJSON: 1, length: 1e9, constructor: {} },
  { action: 'accept', content: { toString: null } },
  { action: ['accept'], content: null },
  Array.from({ length: 3000 }, (_, index) => index),
  Object.fromEntries(Array.from({ length: 400 }, (_, index) => [`k${index}`, index])),
];

type Change =
  | { how: 'value'; at: number; value: number }
  | { how: 'raw'; at: number; raw: number }
  | { how: 'drop'; at: number }
  | { how: 'add'; at: number; name: string; value: number }
  | { how: 'move'; at: number; from: number };

/** Names that mean something somewhere. */
const NAMES = [
  'id',
  'method',
  'params',
  'result',
  'error',
  '_meta',
  'jsonrpc',
  'name',
  'arguments',
  'uri',
  'cursor',
  'taskId',
  'requestState',
  'inputResponses',
  'progressToken',
  'task',
  'constructor',
  'toString',
  'hasOwnProperty',
  'io.modelcontextprotocol/protocolVersion',
  'io.modelcontextprotocol/clientCapabilities',
  'io.modelcontextprotocol/clientInfo',
  'io.modelcontextprotocol/logLevel',
  'io.modelcontextprotocol/subscriptionId',
];

const at = fc.nat(1000);
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ how: fc.constant('value' as const), at, value: fc.nat(VALUES.length - 1) }),
  fc.record({ how: fc.constant('raw' as const), at, raw: fc.nat(RAW.length - 1) }),
  fc.record({ how: fc.constant('drop' as const), at }),
  fc.record({
    how: fc.constant('add' as const),
    at,
    name: fc.constantFrom(...NAMES),
    value: fc.nat(VALUES.length - 1),
  }),
  fc.record({ how: fc.constant('move' as const), at, from: at }),
);

/** What becomes of the text when it is written. */
const damage = fc.oneof(
  { weight: 12, arbitrary: fc.constant({ how: 'none' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({
      how: fc.constant('cut' as const),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      how: fc.constant('byte' as const),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      byte: fc.nat(255),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      { how: 'bom' as const },
      { how: 'utf16' as const },
      { how: 'trailing' as const },
      { how: 'twice' as const },
      { how: 'batch' as const },
      { how: 'doubled' as const },
      { how: 'spaces' as const },
    ),
  },
);

type Damage = typeof damage extends fc.Arbitrary<infer T> ? T : never;

const IDS = [1, 0, -1, 'a', '', 'x'.repeat(500), 2 ** 53 - 1, '1', '💥', '"\\'];

/** A message of either era, changed in up to three places. */
export function oddMessage(session: string): fc.Arbitrary<OddMessage> {
  return fc
    .record({
      base: fc.nat(BASES.length - 1),
      modern: fc.boolean(),
      capable: fc.boolean(),
      id: fc.nat(IDS.length - 1),
      changes: fc.array(change, { maxLength: 3 }),
      damage,
      inSession: fc.boolean(),
      honest: fc.integer({ min: 0, max: 9 }),
    })
    .map((plan) => {
      const base = BASES[plan.base]!;
      const era = base.eras ?? (plan.modern ? 'modern' : 'legacy');
      const meta = era === 'modern' ? envelope(plan.capable ? CAPABLE : {}) : undefined;
      const params = meta
        ? { ...base.params, _meta: { ...meta, ...(base.params?.['_meta'] as JsonObject) } }
        : base.params;
      const isNote = base.method.startsWith('notifications/');
      const message: JsonObject = {
        jsonrpc: '2.0',
        ...(!isNote && { id: IDS[plan.id]! }),
        method: base.method,
        ...(params && { params }),
      };
      const changed = structuredClone(message);
      for (const one of plan.changes) apply(changed, one);
      const body = damaged(written(changed), plan.damage);
      const json = parsed(body);
      // Mostly headers that agree with the body, so that what lies behind them is reached.
      const headers = headersOf(plan.honest > 0 && isJsonObject(json) ? json : message, era);
      if (era === 'legacy' && plan.inSession) headers.push(['Mcp-Session-Id', session]);
      const shown = () =>
        `${headers.map(([name, value]) => `${name}: ${value}`).join('; ')} ${body}`.slice(0, 2000);
      return { era, body, json, headers, [fc.toStringMethod]: shown };
    });
}

function headersOf(message: Record<string, unknown>, era: OddMessage['era']): [string, string][] {
  if (era === 'legacy') return [['MCP-Protocol-Version', '2025-11-25']];
  const { method, params } = message;
  const { name, uri, taskId } = isJsonObject(params) ? params : {};
  const named = [name, uri, taskId].find((value) => typeof value === 'string');
  const args = isJsonObject(params) && isJsonObject(params['arguments']) ? params['arguments'] : {};
  const region = args['region'];
  return [
    ['MCP-Protocol-Version', '2026-07-28'],
    ...(typeof method === 'string' ? [['Mcp-Method', encoded(method)] as [string, string]] : []),
    ...(named === undefined ? [] : [['Mcp-Name', encoded(named)] as [string, string]]),
    ...(typeof region === 'string' ? [['Mcp-Param-Region', encoded(region)] as [string, string]] : []),
  ];
}

/** As the specification says for values that cannot stand in a header. */
function encoded(value: string): string {
  const text = value.slice(0, 2000);
  return /^[\x21-\x7e]+$/.test(text) ? text : `=?base64?${Buffer.from(text).toString('base64')}?=`;
}

function apply(message: JsonObject, one: Change): void {
  const places = placesIn(message);
  const place = places[one.at % places.length];
  if (!place) return;
  const { parent, key } = place;
  const set = (value: JsonValue) => {
    if (Array.isArray(parent)) parent[Number(key)] = value;
    else parent[key] = value;
  };
  if (one.how === 'value') set(structuredClone(VALUES[one.value]!));
  else if (one.how === 'raw') set(`§raw ${one.raw}§`);
  else if (one.how === 'move') {
    const from = places[one.from % places.length]!;
    const value = Array.isArray(from.parent) ? from.parent[Number(from.key)] : from.parent[from.key];
    set(structuredClone(value ?? null));
  } else if (Array.isArray(parent)) {
    if (one.how === 'drop') parent.splice(Number(key), 1);
    else parent.push(structuredClone(VALUES[one.value]!));
  } else if (one.how === 'drop') delete parent[key];
  else parent[one.name] = structuredClone(VALUES[one.value]!);
}

type Place = { parent: JsonObject | JsonValue[]; key: string };

function placesIn(value: JsonValue, depth = 0): Place[] {
  if (value === null || typeof value !== 'object' || depth > 6) return [];
  const parent = value as JsonObject | JsonValue[];
  return Object.entries(value)
    .slice(0, 30)
    .flatMap(([key, child]) => [{ parent, key }, ...placesIn(child, depth + 1)]);
}

function written(message: JsonObject): string {
  return JSON.stringify(message).replace(/"§raw (\d+)§"/g, (_, index) => RAW[Number(index)]!);
}

function damaged(text: string, how: Damage): Buffer {
  switch (how.how) {
    case 'cut':
      return Buffer.from(text).subarray(0, Math.floor(how.at * Buffer.byteLength(text)));
    case 'byte': {
      const bytes = Buffer.from(text);
      bytes[Math.floor(how.at * (bytes.length - 1))] = how.byte;
      return bytes;
    }
    case 'bom':
      return Buffer.from(`\ufeff${text}`);
    case 'utf16':
      return Buffer.from(text, 'utf16le');
    case 'trailing':
      return Buffer.from(`${text}\u0000`);
    case 'twice':
      return Buffer.from(`${text}\n${text}`);
    case 'batch':
      return Buffer.from(`[${text}]`);
    case 'doubled':
      return Buffer.from(text.replace(/^\{/, '{"id":"first","method":"ping","params":{},'));
    case 'spaces':
      return Buffer.from(`\r\n\t ${text} \r\n`);
    default:
      return Buffer.from(text);
  }
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body));
  } catch {
    return undefined;
  }
}
